"""Money owed to us: the ledger, the loans, collecting what is late, watching the book."""
