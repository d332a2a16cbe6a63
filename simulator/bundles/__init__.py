"""What failed, kept in one file a story, and played again from it."""
