"""Quotes: what was offered to whom, frozen to the fen, shown, shared, and accepted once."""
