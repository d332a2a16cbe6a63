"""The parts of `draft.py`: what was told, who took part, the steps of each mode, the YAML."""
