"""Words that leave the house: written from a template, held in the outbox, delivered by the worker, on record.

A message is asked for in the transaction that gives the reason for it and delivered afterwards, at least once, under a
key. Who has opted out of a category gets nothing of it. Address and text are personal data and rest sealed.
"""
