"""Claims: propositions of a doctrine about bargaining, tested on solved games; each can fail."""
