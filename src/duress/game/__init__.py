"""The one object that is solved: a Markov signaling game, as arrays, with a builder for games made by hand."""
