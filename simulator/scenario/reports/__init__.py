"""What a run tells the people and programs that watch it."""
