"""The wire: schemas, codes, the profile, and the translation both ways. Wire names live here and in schemas/ only."""
