"""Loan mathematics: NumPy columns in, NumPy columns out; no framework, no clock, no I/O."""
