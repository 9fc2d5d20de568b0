"""The style page: every component, alive, in both languages."""
