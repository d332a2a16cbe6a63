"""Imperatives: what may be asked of the exchange, one file a mode."""
