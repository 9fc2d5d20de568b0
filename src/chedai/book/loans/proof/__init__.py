"""The proof of the book: its whole state worked out again from contracts and payments, beside what is stored."""
