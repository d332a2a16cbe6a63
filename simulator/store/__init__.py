"""What is remembered: the Store protocol and the stores that keep it."""
