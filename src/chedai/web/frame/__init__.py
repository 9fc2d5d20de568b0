"""What belongs to the frame itself: counts, notices, search, language, drafts."""
