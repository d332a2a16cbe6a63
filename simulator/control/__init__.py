"""The simulator's own plane on its own port: applications, calls, clock, journal, notifications, reset."""
