"""The ledger: double entry in fen, append-only and chained, balanced because a posting is a transfer.

What happens to a loan is posted as the difference its balances make (`rules.postings`), so that a reversal, a fact of
an earlier day and a restructure need no rule of their own.
"""
