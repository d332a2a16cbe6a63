"""Requests as the journal may keep them: neither secrets of applications nor the token of this plane are in it."""

import re
from urllib.parse import quote

import orjson

SECRET = b"secret"
"""In the name of every member that holds one, also where it is mistyped."""

MASK = "***"
UNREADABLE = b"(not kept: it may hold a secret and is not JSON)"


IN_QUERY = re.compile(r"(?i)([?&][^=&]*(?:token|secret)[^=&]*)=[^&]*")


def target_without_secrets(target: str, token: str) -> str:
    """A request target without what somebody put there that belongs into a header."""
    return IN_QUERY.sub(rf"\1={MASK}", target).replace(token, MASK).replace(quote(token, safe=""), MASK)


def without_secrets(body: bytes) -> bytes:
    """The body with every secret masked; one that is no JSON and speaks of secrets is not kept at all."""
    if SECRET not in body.lower() and b"\\u" not in body:
        return body
    try:
        return orjson.dumps(_masked(orjson.loads(body)))
    except orjson.JSONDecodeError:
        return UNREADABLE


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {name: MASK if SECRET.decode() in name.lower() else _masked(member) for name, member in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
