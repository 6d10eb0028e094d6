"""Crisis-bargaining estimators from data: the crisis-signaling game, strategic choice games, the ultimatum game."""
