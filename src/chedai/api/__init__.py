"""The REST interface: a door. Operations call services and selectors, never models."""
