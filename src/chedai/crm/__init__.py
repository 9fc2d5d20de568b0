"""People before, between and after deals: who they are, and everything the house has had to do with them."""
