"""What was recorded, simulated or real: read from any source, sent again, compared, cut into a scenario."""
