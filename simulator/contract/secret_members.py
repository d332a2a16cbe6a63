"""Requests as the journal may keep them: secrets of applications and tokens are never in it, wherever somebody put them."""

import re

import orjson

NAMES = (b"secret", b"token", b"passw")
"""In the name of every member that holds one, also where it is mistyped."""
NAMED = re.compile("|".join(name.decode() for name in NAMES), re.IGNORECASE)

ESCAPED = re.compile(rb"\\u00([0-7][0-9a-fA-F])")
"""A letter of ASCII that is written as an escape."""

MASK = "***"
UNREADABLE = b"(not kept: it may hold a secret and is not JSON)"


def without_secrets(body: bytes) -> bytes:
    """The body with every secret masked; one that is no JSON and speaks of secrets is not kept at all."""
    said = (ESCAPED.sub(_letter, body) if b"\\u" in body else body).lower()
    if not any(name in said for name in NAMES):
        return body
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return UNREADABLE
    masked = _masked(given)
    return body if masked == given else orjson.dumps(masked)


def without_parameters(target: str) -> str:
    """The target with the value of every parameter masked that is called like a secret."""
    path, mark, query = target.partition("?")
    if not mark or not NAMED.search(query):
        return target
    return f"{path}?{'&'.join(map(_parameter, query.split('&')))}"


def _parameter(written: str) -> str:
    name, equals, _ = written.partition("=")
    return f"{name}={MASK}" if equals and NAMED.search(name) else written


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {name: MASK if NAMED.search(name) else _masked(member) for name, member in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value


def _letter(escaped: re.Match[bytes]) -> bytes:
    return bytes([int(escaped[1], base=16)])
