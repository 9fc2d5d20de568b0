"""What every business system needs and none is proud of: policies, and later accounts, audit, events, jobs, files.

No business words here: a room of this floor knows nothing of loans, cars or customers.
"""
