"""What is done with the paper, one verb a module."""
