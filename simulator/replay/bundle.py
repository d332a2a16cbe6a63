"""A bundle, `NAME.pnsim.zip`: one failed story with everything that plays it again to the same bytes, and how it failed.

Members: `manifest.json` (which versions, seed, clock start, options, result), `config.json` (the configuration in force,
without secrets, in the words of pnsim.toml), `scenario/` (the scenario and every file it is read from), `journal.ndjson`
(a row a line), `report/` (text). Nothing in it is code, and nothing is fetched.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

ENDING = ".pnsim.zip"
FORMAT, VERSION = "pnsim.bundle", 1
MANIFEST, CONFIG, JOURNAL, SCENARIO, REPORT = "manifest.json", "config.json", "journal.ndjson", "scenario/", "report/"
WRITTEN_AT = (1980, 1, 1, 0, 0, 0)
"""The time of every member: two bundles of one story are alike."""
READABLE = 0o100644


@dataclass(frozen=True, slots=True)
class Maker:
    """With what a bundle was made."""

    pnsim: str
    python: str
    platform: str


@dataclass(frozen=True, slots=True)
class Told:
    """How the story ended: the result's status, its steps, the failure's lines."""

    status: str
    steps_planned: int
    steps_done: int
    failure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself.

    `scenario` is the name that is played (with its row of parameters), `file` where below `scenario/` it stands;
    `receiver` is who was told, as a person reads it, and `sample` whether that was the built-in one. `withheld` names what
    was a secret and is not in it. `rows` and `rows_left_out` count the journal.
    """

    scenario: str
    title: str
    file: str
    mode: str
    edition: str
    seed: int
    clock_start: str
    receiver: str
    sample: bool
    strict: bool
    answer_timeout: float | None
    settings: tuple[str, ...]
    app_key: str
    made_with: Maker
    result: Told
    withheld: tuple[str, ...] = ()
    rows: int = 0
    rows_left_out: int = 0

    def as_json(self) -> dict[str, Any]:
        """The manifest's content."""
        return {"format": FORMAT, "version": VERSION, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in memory; `config` is a table as in pnsim.toml, `scenario` and `reports` are files by name."""

    manifest: Manifest
    config: Mapping[str, Any]
    scenario: Mapping[str, bytes]
    journal: bytes = b""
    reports: Mapping[str, bytes] = field(default_factory=dict)

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """The journal's rows; what is no row is left out."""
        for line in self.journal.splitlines():
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if isinstance(row, dict):
                yield row


def write(bundle: Bundle, path: Path) -> None:
    """Write it, whole or not at all; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".bundle-", delete=False) as new:
        new.write(_zipped(bundle))
    try:
        Path(new.name).replace(path)
    except OSError:
        Path(new.name).unlink(missing_ok=True)
        raise


def _zipped(bundle: Bundle) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        for name, content in _members(bundle):
            info = ZipInfo(name, WRITTEN_AT)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = READABLE << 16
            file.writestr(info, content)
    return buffer.getvalue()


def _members(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    yield MANIFEST, orjson.dumps(bundle.manifest.as_json(), option=orjson.OPT_INDENT_2)
    yield CONFIG, orjson.dumps(bundle.config, option=orjson.OPT_INDENT_2)
    for name, content in sorted(bundle.scenario.items()):
        yield f"{SCENARIO}{name}", content
    yield JOURNAL, bundle.journal
    for name, content in sorted(bundle.reports.items()):
        yield f"{REPORT}{name}", content
