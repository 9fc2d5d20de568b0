"""Collection (催收): who is overdue is spoken to within the rules of conduct, and what it brings is counted."""
