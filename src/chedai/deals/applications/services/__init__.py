"""What is done with an application, one module a verb or two."""
