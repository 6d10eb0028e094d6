"""Histories of a solved game, forward."""
