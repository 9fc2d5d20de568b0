"""The customer's own pages: no sign-in, one link, one person, one application, one task a screen, 360 px first."""
