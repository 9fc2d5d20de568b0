"""Who is told what by webhook: added, paused, tested, and the log of what was delivered."""
