"""Green books, keys and papers on the screen: who holds what, hand-overs, and counts on the phone."""
