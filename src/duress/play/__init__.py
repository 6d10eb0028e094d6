"""A game in progress: what a seat sees and may do, opponents, what if, links, and the games that are kept.

Call `setting.prepare` for a solved scenario, `match.begin` for a game of it, and then `Match.move`, `Match.view`.
"""
