"""The house and its people: group, stores, teams, staff, their roles, and how far their authority reaches."""
