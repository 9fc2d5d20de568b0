"""The first hours: who came in and how long they waited, what they need, who looks after them and when next."""
