"""People who sign in: their name, how they prove who they are, and the sessions they hold."""
