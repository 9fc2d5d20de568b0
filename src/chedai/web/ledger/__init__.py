"""The screens of the ledger: trial balance, accounts, entries, periods."""
