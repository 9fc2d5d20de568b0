"""The money: a checklist that blocks it, one person who asks for it, another who lets it go."""
