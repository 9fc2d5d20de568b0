"""Workbooks in and out: what people have in Excel comes in with its faults named, every list goes out as it is seen.

The way in: download the template, or bring one's own file and say which column is which (remembered for next time). A
dry run counts what would happen and gives the bad rows back with the reason in a column. Then the good rows go in,
piece by piece, resumable, and can be taken out again within a day. The same file again changes nothing.
"""
