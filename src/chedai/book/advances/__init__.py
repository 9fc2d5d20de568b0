"""垫款、代偿: what we pay a bank for a customer of theirs, how it comes back, and the margin that stands against it."""
