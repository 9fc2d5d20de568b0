"""Approvals on the screen: the queue, and one case after another."""
