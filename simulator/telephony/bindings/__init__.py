"""Lasting agreements that tie numbers together: one mode a file."""
