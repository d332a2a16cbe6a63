"""From a request's body or query to the core's command: one file a mode, one table-driven reader for all."""
