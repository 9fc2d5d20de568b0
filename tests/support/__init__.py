"""Real counterparts that tests start on the loopback: servers, not stand-ins."""
