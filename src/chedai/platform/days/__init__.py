"""The business date held back or turned forward: for a late close, a training, a demonstration."""
