"""The page, as a person would use it: in a real browser, every other host blocked."""
