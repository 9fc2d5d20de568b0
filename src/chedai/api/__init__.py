"""The REST interface: a door. Operations call services and selectors, never models.

Every operation states the right it asks for. A call is made with a token (`Authorization: Bearer ...`), which acts as
its account within the token's scopes. What changes something carries an `Idempotency-Key`; what updates a thing carries
in `If-Match` the `ETag` it has seen. Errors are problem documents (RFC 9457) in both languages.
"""
