"""Requests as the journal may keep them: secrets of applications and tokens are never in it, wherever somebody put them."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from urllib.parse import quote

import orjson

NAMES = (b"secret", b"token", b"passw")
"""In the name of every member that holds one, also where it is mistyped."""
NAMED = re.compile("|".join(name.decode() for name in NAMES), re.IGNORECASE)

MEANT, NEAR = ("secret", "app_secret", "password"), 0.75
"""What a member of an application may have been meant to be, and how like it is then."""

ESCAPED = re.compile(rb"\\u00([0-7][0-9a-fA-F])")
"""A letter of ASCII that is written as an escape."""

MASK = "***"
UNREADABLE = b"(not kept: it may hold a secret and is not JSON)"


def without_secrets(body: bytes, *, is_application: bool = False) -> bytes:
    """The body with every secret masked; one that is no JSON and speaks of secrets is not kept at all.

    In that of an application a member counts that may only have been meant to be its secret.
    """
    if not body:
        return body
    said = (ESCAPED.sub(_letter, body) if b"\\u" in body else body).lower()
    if not is_application and not any(name in said for name in NAMES):
        return body
    try:
        given = orjson.loads(body)
        masked = _masked(given, _is_nearly_named if is_application else _is_named)
        return body if masked == given else orjson.dumps(masked)
    except (orjson.JSONDecodeError, RecursionError, TypeError):  # no JSON, or deeper than can be walked or written
        return UNREADABLE


def without_parameters(target: str) -> str:
    """The target with the value of every parameter masked that is called like a secret."""
    path, mark, query = target.partition("?")
    if not mark or not NAMED.search(query):
        return target
    return f"{path}?{'&'.join(map(_parameter, query.split('&')))}"


def _parameter(written: str) -> str:
    name, equals, _ = written.partition("=")
    return f"{name}={MASK}" if equals and NAMED.search(name) else written


def without_token(target: str, token: str) -> str:
    """The target without the token of the control plane, which belongs into a header, and without secret parameters."""
    return without_parameters(target).replace(token, MASK).replace(quote(token, safe=""), MASK)


def _is_named(name: str) -> bool:
    return NAMED.search(name) is not None


def _is_nearly_named(name: str) -> bool:
    return _is_named(name) or bool(get_close_matches(name.lower(), MEANT, 1, NEAR))


def _masked(value: object, holds: Callable[[str], bool]) -> object:
    if isinstance(value, dict):
        return {name: MASK if holds(name) else _masked(member, holds) for name, member in value.items()}
    return [_masked(item, holds) for item in value] if isinstance(value, list) else value


def _letter(escaped: re.Match[bytes]) -> bytes:
    return bytes([int(escaped[1], base=16)])
