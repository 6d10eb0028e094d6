"""The page: a browser's view of `duress.play`. It shows and asks; every number comes from the rooms below."""
