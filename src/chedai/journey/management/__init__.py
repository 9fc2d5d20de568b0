"""The commands of the journey."""
