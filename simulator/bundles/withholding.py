"""Secrets stay at home: what a bundle holds is searched for them, and something else stands in their place."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

SECRET_NAME = re.compile(r"auth|cookie|token|secret|passw|key|signature|credential", re.IGNORECASE)
"""Headers of such a name are taken for secrets."""
WITHHELD = "withheld"
SHORTEST = 4
"""What is shorter stands in too many places to be searched for."""
DIGEST = re.compile(rb'(PasswordDigest=\\?")[^"\\]+')
OURS = "UsernameToken"


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that must not be seen, what it is called, and what stands for it."""

    name: str
    text: str
    instead: str = WITHHELD


class Withholding:
    """Puts something else in the place of secrets; `names` are those that there are."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        known = {one.text: one for one in secrets if len(one.text) >= SHORTEST and one.text != one.instead}
        self._secrets = sorted(known.values(), key=lambda one: -len(one.text))
        self._forms = [(form, one.instead.encode()) for one in self._secrets for form in _forms(one.text)]

    def names(self) -> tuple[str, ...]:
        """What was a secret."""
        return tuple(sorted({one.name for one in self._secrets}))

    def of(self, content: bytes) -> bytes:
        """The same without secrets, and without digests that were made of them."""
        for form, instead in self._forms:
            content = content.replace(form, instead)
        return DIGEST.sub(rb"\1***", content)


def secret_headers(headers: Mapping[str, str], where: str) -> list[Secret]:
    """Those among headers that are secrets."""
    return [Secret(f"header {name} of {where}", text) for name, text in headers.items() if SECRET_NAME.search(name)]


def in_address(url: str, where: str) -> list[Secret]:
    """User, password and query of an address."""
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    found = [Secret(f"user and password of {where}", user)] if at else []
    return [*found, *([Secret(f"query of {where}", parts.query)] if parts.query else [])]


def scrubbed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose headers have no credentials that are not the platform's own form, whose digests are masked."""
    headers = row.get("headers")
    if not isinstance(headers, list):
        return dict(row)
    return {**row, "headers": [[name, _header(str(name), str(value))] for name, value in headers]}


def _header(name: str, value: str) -> str:
    ours = OURS in value or not SECRET_NAME.search(name)
    return value if ours else WITHHELD


def _forms(text: str) -> set[bytes]:
    """How a text may be written: plain, in JSON, in an address."""
    return {text.encode(), orjson.dumps(text)[1:-1], quote(text, safe="").encode()}
