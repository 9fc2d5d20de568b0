"""What belongs to no wing alone: which handler hears which event, what comes round, and the close of the day."""
