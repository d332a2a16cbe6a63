"""The API's answers as bytes: one file a mode."""
