"""What machines ask: is it well, and what does it measure."""
