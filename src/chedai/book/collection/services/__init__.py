"""What collection does. Every step is a piece of work; what conduct forbids is refused here, whatever the door."""
