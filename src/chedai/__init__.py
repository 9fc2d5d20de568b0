"""chedai (车贷): the system that runs a car-loan business in China, from the first visit to the last instalment."""

__version__ = "0.1.0"
