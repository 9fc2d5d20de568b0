"""What is measured, beside what, and how to run it: `make bench`, or `python -m benchmarks schedules irr`."""
