"""The end of a loan: the customer's own page of it, what they ask, and what goes back when nothing is owed."""
