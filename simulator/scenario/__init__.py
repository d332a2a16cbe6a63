"""Scenarios: stories as data, played through the platform's API and the control plane, and judged."""
