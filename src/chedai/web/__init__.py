"""The screens: a door. Views call services and selectors, never models."""
