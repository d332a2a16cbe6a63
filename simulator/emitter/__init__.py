"""Outbox to receiver: signs, sends, hands back what became of it."""
