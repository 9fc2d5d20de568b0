"""The after-payout tab of a deal, and the tracker of everything owed for cars."""
