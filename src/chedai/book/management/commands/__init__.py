"""Each module is a command: `chedai NAME`."""
