"""Side-by-side measurements, each a command; ratios of one run are what counts."""
