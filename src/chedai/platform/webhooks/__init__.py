"""Telling other systems what happened: signed, retried, once for each event, with a log of every try.

The body holds numbers and codes, and an address of the API where the receiver, if it may, reads the rest.
"""
