"""The night's work on the loans: what falls due, what is late, how the overdue stand. Columns, part by part."""
