"""The bytes of one ordinary HTTP/1.1 request, in the order and case they are given."""

import re
from collections.abc import Sequence
from functools import lru_cache

from simulator.outbound.target import Target

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = frozenset({"host", "content-length", "transfer-encoding"})


def render_request(method: str, target: Target, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """Request line, Host, `headers` as given, content-length, body.

    Raises ValueError for a line break or a character beyond latin-1 in any part, for a name that is no header name, and
    for the headers that are written here.
    """
    lines = [f"{_token(method)} {target.path} HTTP/1.1\r\nHost: {target.authority}"]
    lines += [f"{_name(name)}: {value}" for name, value in headers]
    lines.append(f"content-length: {len(body)}\r\n\r\n")
    head = "\r\n".join(lines)
    breaks = len(headers) + 4
    if head.count("\n") != breaks or head.count("\r") != breaks or "\0" in head:
        raise ValueError(_culprit(target, headers))
    return _latin_1(head) + body


@lru_cache(maxsize=256)
def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError(f"{text!r} is no HTTP name: letters, digits and !#$%&'*+-.^_`|~ only")
    return text


@lru_cache(maxsize=256)
def _name(name: str) -> str:
    if name.lower() in _OURS:
        raise ValueError(f"the header {name!r} is written by the sender itself: leave it out, or send exact bytes")
    return _token(name)


def _culprit(target: Target, headers: Sequence[tuple[str, str]]) -> str:
    for name, value in headers:
        if set(value) & set("\r\n\0"):
            return f"the header {name!r} holds a line break or NUL: {value!r}"
    return f"the path holds a line break or NUL: {target.path!r}"


def _latin_1(head: str) -> bytes:
    try:
        return head.encode("latin-1")
    except UnicodeEncodeError as error:
        wrong = head[error.start : error.end]
        raise ValueError(f"a header can hold latin-1 only, not {wrong!r}: percent-encode it") from error
