"""Papers as files: kept by their content, encrypted, checked for what they really are.

A file is known by the hash of what it holds, so the same paper handed in twice is stored once and recognised. Its kind
is told by its first bytes, never by its name. The bytes rest on a local folder or an S3-compatible store, sealed
with the keys of the personal data; the database holds who handed in which paper for what.
"""
