"""Calls from outside that must not count twice, and not come too often.

A call that changes something carries a key. The first call with a key is done and its answer kept, in one transaction
with its effect; every other call with the key gets the same answer and has no effect. How many calls a caller may make
in a minute is counted in the database, so that several processes share one count.
"""
