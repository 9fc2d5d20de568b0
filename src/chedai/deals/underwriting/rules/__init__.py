"""Deciding, pure: facts and a book of rules in, one result out. No query, no clock, no framework.

The rules themselves are data (`shipped/*.json`, JDM tables of the zen engine, or what two people published in their
place); this package only works out the figures they ask for, runs them, and takes the smallest of the limits.
"""
