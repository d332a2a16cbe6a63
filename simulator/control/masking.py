"""Requests as the journal may keep them: neither secrets of applications nor the token of this plane are in it."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from urllib.parse import quote

import orjson

SECRET = b"secret"
"""In the name of every member that holds one, also where it is mistyped."""

MEANT, NEAR = ("secret", "app_secret", "password"), 0.75
MASK = "***"
UNREADABLE = b"(not kept: it may hold a secret and is not JSON)"


IN_QUERY = re.compile(r"(?i)([?&][^=&]*(?:token|secret)[^=&]*)=[^&]*")


def target_without_secrets(target: str, token: str) -> str:
    """A request target without what somebody put there that belongs into a header."""
    return IN_QUERY.sub(rf"\1={MASK}", target).replace(token, MASK).replace(quote(token, safe=""), MASK)


def without_secrets(body: bytes, *, is_application: bool = False) -> bytes:
    """The body with every secret masked; one that is no JSON and speaks of secrets is not kept at all.

    In that of an application a member counts that may only have been meant to be its secret.
    """
    if not is_application and SECRET not in body.lower() and b"\\u" not in body:
        return body
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return UNREADABLE if body else body
    masked = _masked(given, _holds_nearly if is_application else _holds)
    return body if masked == given else orjson.dumps(masked)


def _holds(name: str) -> bool:
    return SECRET.decode() in name.lower()


def _holds_nearly(name: str) -> bool:
    return _holds(name) or bool(get_close_matches(name.lower(), MEANT, 1, NEAR))


def _masked(value: object, holds: Callable[[str], bool]) -> object:
    if isinstance(value, dict):
        return {name: MASK if holds(name) else _masked(member, holds) for name, member in value.items()}
    return [_masked(item, holds) for item in value] if isinstance(value, list) else value
