"""The only place where anything happens: commands in, events and deliveries out."""
