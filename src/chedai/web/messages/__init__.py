"""Messages that left the house, on the screen. Address and text stay sealed."""
