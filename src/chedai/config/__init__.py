"""How an installation is set up: everything comes from the environment, is typed there, and is refused loudly."""
