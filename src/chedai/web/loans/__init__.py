"""The pages of the loans: the list, one loan with its plan, its account and what settling takes, and the counter."""
