"""Proof of what was done: an append-only chain of entries, sealed by signed Merkle checkpoints."""
