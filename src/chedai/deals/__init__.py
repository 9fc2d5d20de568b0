"""The deal, from the quote to the money paid out: one record, one number, printed at every stage."""
