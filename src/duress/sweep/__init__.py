"""Many games from one scenario: designs over what is not known, solved on one machine or many, and what they show."""
