"""A secret in the wrong place, such as that of the key: it is not kept either, whoever sent it where."""

from collections.abc import Iterable
from dataclasses import replace

from simulator.exchange.rows import ApiExchange

SHORTEST = 8
"""Characters from which on a secret is looked for: a shorter one stands in too many words."""


def without(row: ApiExchange, secrets: Iterable[str]) -> ApiExchange:
    """The row with as many asterisks wherever one of these secrets stands."""
    said = "\n".join((row.target, *(value for _, value in row.headers), row.body.decode("utf-8", "replace")))
    found = [secret for secret in secrets if len(secret) >= SHORTEST and secret in said]
    return _hidden(row, found) if found else row


def _hidden(row: ApiExchange, secrets: Iterable[str]) -> ApiExchange:
    def hide(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "*" * len(secret))
        return text

    known = row.authentication or {}
    return replace(
        row,
        target=hide(row.target),
        headers=tuple((name, hide(value)) for name, value in row.headers),
        body=hide(row.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"),
        refusal=hide(row.refusal),
        authentication={name: hide(value) if isinstance(value, str) else value for name, value in known.items()},
    )
