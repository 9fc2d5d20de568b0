"""The pipeline as list, board and calendar of one set, and the jacket of one deal."""
