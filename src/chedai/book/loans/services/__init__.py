"""What is done to loans: opening, receiving, changing, ending, healing."""
