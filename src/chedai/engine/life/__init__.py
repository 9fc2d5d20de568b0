"""The life of a loan: a replay of dated events over frozen terms."""
