"""The showroom: who waits, who is served, which leads must be called today, what customers need."""
