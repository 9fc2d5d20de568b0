"""Loans while they live: what was agreed, what has happened, what is owed today and why."""
