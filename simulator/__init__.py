"""A privacy-call platform on your laptop: its API, its calls, its notifications."""

__version__ = "0.1.0"
