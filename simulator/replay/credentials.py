"""What proves who somebody is never reaches a file: digests, authorizations and cookies, masked at equal length."""

import re
from dataclasses import replace

from simulator.contract.digests import digests, masked
from simulator.replay.recorded import Headers, Recorded

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
PUBLIC = re.compile(r"(?:AKSK|WSSE) realm=\"[^\"]*\" *, *profile=\"UsernameToken\" *, *type=\"Appkey\"", re.IGNORECASE)
"""The Authorization of a signed notification says only how it is signed (notifications.md 1.1)."""
SHORTEST = 8
"""Bytes from which on a digest is looked for wherever else it may stand, such as in an answer that repeats its request."""


def without_credentials(recorded: Recorded) -> Recorded:
    """The same exchange with every credential replaced by as many asterisks, in its bodies too."""
    secrets = [text for text in digests(recorded.headers) if len(text) >= SHORTEST]
    return replace(
        recorded,
        url=_text(recorded.url, secrets),
        headers=_headers(recorded.headers, secrets),
        body=_bytes(recorded.body, secrets),
        answer_headers=_headers(recorded.answer_headers, secrets),
        answer=_bytes(recorded.answer, secrets),
    )


def _headers(headers: Headers, secrets: list[str]) -> Headers:
    return tuple((name, _header(name, value, secrets)) for name, value in headers)


def _header(name: str, value: str, secrets: list[str]) -> str:
    if name.lower() not in SECRET_HEADERS or PUBLIC.fullmatch(value):
        return _text(value, secrets)
    scheme, blank, rest = value.partition(" ")
    if "cookie" in name.lower() or not blank:
        scheme, blank, rest = "", "", value
    return f"{scheme}{blank}{'*' * len(rest)}"


def _text(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "*" * len(secret))
    return masked(text)


def _bytes(body: bytes, secrets: list[str]) -> bytes:
    if not any(secret.encode("latin-1") in body for secret in secrets) and b"igest" not in body.lower():
        return body
    return _text(body.decode("latin-1"), secrets).encode("latin-1")
