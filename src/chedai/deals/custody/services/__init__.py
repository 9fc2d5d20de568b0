"""What is done with things in custody, one verb a module."""
