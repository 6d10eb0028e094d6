"""What a party should know when it is invited to talk: replies, verdict, claims, and what would change the answer."""
