"""The parts of `drift.py`: findings, calls, pushes, headers, settings."""
