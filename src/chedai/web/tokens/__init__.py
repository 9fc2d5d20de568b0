"""API tokens of everybody: whose, what for, until when, last used; taken back here."""
