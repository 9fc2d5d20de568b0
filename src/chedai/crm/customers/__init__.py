"""The customer master: one record for a person or a firm across all stores, and how people belong together."""
