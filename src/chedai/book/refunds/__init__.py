"""Money a customer paid beyond everything owed goes back to them, once another person agrees (退还溢缴款)."""
