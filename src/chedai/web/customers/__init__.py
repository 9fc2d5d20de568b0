"""Customers on the screen: found, registered once across all stores, corrected, related, merged; and their consents."""
