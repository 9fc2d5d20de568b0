"""What is done on a case: opened, rated, proposed, confirmed, its conditions met; and how its rules are published."""
