"""The payout tab of a deal, and the queue of payouts."""
