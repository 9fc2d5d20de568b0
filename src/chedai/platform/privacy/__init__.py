"""Personal data: encrypted where it rests, masked where it shows, found without being read, gone when its time is up.

A personal value is a `Personal`. Written into a page, a log or an error it shows its mask; the whole value comes out
only through `services.personal_reveal`, with a reason, on record.
"""
