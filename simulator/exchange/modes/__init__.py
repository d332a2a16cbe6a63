"""One file a mode: its operations as commands, and who is reached when one of its X numbers is dialled."""
