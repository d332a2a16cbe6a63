"""A bundle whose phone numbers are others, and that still plays: what its story is given is replaced in all that it holds.

Numbers that the seed makes (`cast: {A: mobile}`) are nobody's and stay: played again they come out the same.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from gzip import compress
from typing import Any
from zlib import decompressobj
from zlib import error as ZlibError  # noqa: N812 - a class that zlib spells small

import orjson

from simulator.exchange.rows import text as as_text
from simulator.replay.bundle import Bundle
from simulator.replay.bundle_manifest import manifest_of
from simulator.replay.masking import Masking
from simulator.replay.phone_numbers import FOUND, apart, plain

ENCODED, FAULT = "body_base64", "fault"
GZIP = b"\x1f\x8b"
LARGEST_BODY = 4 * 1024 * 1024
CUT_OFF = re.compile(r"\d{4,}\Z")
"""What may be the beginning of a number, where a body ends in the middle of one."""


class GivenOnly(Masking):
    """Masks the numbers that it is given, in whatever form they stand, and no others."""

    def __init__(self, key: bytes, given: frozenset[str]) -> None:
        super().__init__(key)
        self._given = given

    def _replaced(self, number: str) -> str:
        return super()._replaced(number) if _whose(number) in self._given else number

    def content(self, content: bytes) -> bytes:
        """A file or a body as it stands, with the numbers in it replaced."""
        return self.text(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def masked(bundle: Bundle, key: bytes) -> Bundle:
    """The same story with other numbers; it says of itself how many were replaced."""
    given = frozenset(_given(bundle))
    masking = GivenOnly(key, given)

    def table(value: object) -> Any:
        return orjson.loads(masking.content(orjson.dumps(value)))

    manifest = manifest_of(table(bundle.manifest.as_json()))
    said = f"phone numbers ({len(given)} are masked)"
    return Bundle(
        replace(manifest, withheld=(*manifest.withheld, said)),
        table(bundle.config),
        {name: masking.content(content) for name, content in bundle.scenario.items()},
        b"".join(_row(line, masking) for line in bundle.journal.splitlines(keepends=True)),
        {name: masking.content(content) for name, content in bundle.reports.items()},
    )


def _given(bundle: Bundle) -> Iterator[str]:
    """The numbers that stand in scenario, settings and configuration."""
    told = (orjson.dumps(bundle.config), *(one.encode() for one in bundle.manifest.settings), *bundle.scenario.values())
    for content in told:
        for found in FOUND.finditer(plain(content.decode("utf-8", "replace"))):
            if not found["id"]:
                yield _whose(found[0])


def _whose(number: str) -> str:
    """The number without what its forms differ in: plus sign, country code, blanks."""
    text = plain(number)
    parts = apart(text)
    return f"{parts.country}/{parts.head}{parts.masked}"


def _row(line: bytes, masking: GivenOnly) -> bytes:
    """A row of the journal; one with a body that is no text, or that a fault cut off, is opened for that."""
    row = _opened(line)
    if row is None:
        return masking.content(line)
    body, encoded = row.get("body"), row.get(ENCODED)
    if isinstance(encoded, str):
        opened = _body(encoded, masking)
        row |= {"body": as_text(opened), ENCODED: b64encode(opened).decode()}
    elif isinstance(body, str) and FAULT in row:
        row["body"] = CUT_OFF.sub(lambda cut: "*" * len(cut[0]), body)
    return masking.content(orjson.dumps(row)) + b"\n"


def _opened(line: bytes) -> dict[str, Any] | None:
    if ENCODED.encode() not in line and FAULT.encode() not in line:
        return None
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def _body(encoded: str, masking: GivenOnly) -> bytes:
    """A body that is no text; what cannot be opened is left out."""
    try:
        body = b64decode(encoded, validate=True)
        if not body.startswith(GZIP):
            return masking.content(body)
        reader = decompressobj(wbits=31)
        text = reader.decompress(body, LARGEST_BODY)
    except (ValueError, ZlibError):
        return b""
    return compress(masking.content(text), mtime=0) if reader.eof else b""
