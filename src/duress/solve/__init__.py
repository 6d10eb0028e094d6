"""Solving a game: options, backward induction, behaviour at any belief, and the certificate."""
