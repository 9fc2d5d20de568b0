"""Green books, keys and papers of a deal: who holds each of them, every hand-over, and the counts of the safes."""
