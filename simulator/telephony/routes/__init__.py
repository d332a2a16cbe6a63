"""Who is reached when an X number is dialled: one file a mode, each a function of binding and caller."""
