"""Story time and wall time: one clock per simulator (semantics: what follows which time)."""
