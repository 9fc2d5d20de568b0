"""The quote desk, the quotes kept, and what is handed out of them."""
