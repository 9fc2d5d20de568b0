"""Personal data on the screen: shown in full for a reason and for half a minute, and deleted on request."""
