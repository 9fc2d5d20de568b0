"""Keeping the product running: is it well, how fast is it, what does it say of itself, and can it be brought back."""
