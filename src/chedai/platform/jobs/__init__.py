"""Work that is done later: asked for inside a transaction, done by a worker after it, at least once.

The queue is a table, so a job is asked for if and only if the change that needs it was committed. A worker that dies
leaves its job to the next when the lease runs out; a job that fails is tried again after a growing pause, and one that
keeps failing is laid aside where people see it. Because a job may run twice, its handler must bear it (a key, a state).
"""
