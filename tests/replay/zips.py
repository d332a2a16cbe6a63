"""Bundles for tests: a right one, and hand-made zip files that are wrong in one way."""

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from simulator import __version__
from simulator.replay.bundle import Maker, Manifest, Told

STORY = """\
scenario: busy
title: A calls B, who is on the phone
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: busy}
  - expect: {notifications: [callin, callout, disconnect, fee], of: call}
"""
APP = {"app_key": "axb-demo", "app_secret": "bundle-0123456789", "mode": "AXB"}
CONFIG: dict[str, Any] = {"server": {"edition": "2026", "seed": 7}, "profile": {}, "apps": [APP], "customer": {}}
MANIFEST = Manifest(
    scenario="busy",
    title="A calls B, who is on the phone",
    file="busy.yaml",
    mode="AXB",
    edition="2026",
    seed=7,
    clock_start="2026-01-01T00:00:00.000000Z",
    receiver="the built-in sample receiver",
    sample=True,
    strict=False,
    answer_timeout=None,
    settings=(),
    app_key="axb-demo",
    made_with=Maker(__version__, "3.11.7", "Linux"),
    result=Told("failed", 3, 2, ("busy.yaml:7:5: step 3",)),
)

Member = tuple[str | ZipInfo, bytes]


def members(
    manifest: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    scenario: Mapping[str, str] | None = None,
) -> list[Member]:
    """The members of a right bundle; what is given is laid over or stands instead."""
    known = MANIFEST.as_json() | dict(manifest or {})
    files = {"busy.yaml": STORY} if scenario is None else scenario
    return [
        ("manifest.json", orjson.dumps(known)),
        ("config.json", orjson.dumps({**CONFIG, **(config or {})})),
        ("journal.ndjson", b""),
        *((f"scenario/{name}", text.encode()) for name, text in files.items()),
    ]


def zipped(path: Path, inside: Iterable[Member]) -> Path:
    """A zip file of these members."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in inside:
            file.writestr(name, content)
    return path


def with_file(path: Path, name: str | ZipInfo, content: bytes = b"x") -> Path:
    """A right bundle with one member more."""
    return zipped(path, [*members(), (name, content)])


def renamed(path: Path, before: bytes, after: bytes) -> Path:
    """The same bytes with another name of the same length, which no zip library would write."""
    assert len(before) == len(after)
    path.write_bytes(path.read_bytes().replace(before, after))
    return path


def told_size(path: Path, name: bytes, size: int) -> Path:
    """A zip file whose directory says another unpacked size of a member."""
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(name))
    raw[at + 24 : at + 28] = struct.pack("<I", size)
    path.write_bytes(bytes(raw))
    return path
