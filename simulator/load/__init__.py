"""Many calls at once against a receiver: open arrival, latency from the intended instant, thresholds, more processes."""
