"""Finding customers as people ask for them: by pinyin, by part of a name, by part of a telephone number."""
