"""What `pnsim drift` does once its options are read: compares, prints, ends."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click
import orjson

from simulator.app import profile_in_force
from simulator.cli.endings import FAILED, NOTHING_RAN, PASSED, UNLOADABLE
from simulator.cli.masking import masking
from simulator.cli.tables import Entry, Row, print_entries, print_json
from simulator.config import load
from simulator.contract.profile import Profile
from simulator.replay.drift import Drift, Result, compare, rows_of
from simulator.replay.drifting.finding import Group, Ignored
from simulator.replay.drifting.settings import Verdict
from simulator.replay.importers import BadSource, read
from simulator.replay.recorded import Recorded

FINDINGS = ("finding", "where", "count", "first", "example", "meaning")
SETTINGS = ("setting", "verdict", "ours", "count", "first", "example", "[profile]", "provenance", "page", "meaning")
MOST_IGNORED = 10_000
HEAD = "# Drift that is known and accepted: `pnsim drift --ignore-file` passes it over. finding:path, * for anything."


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of one comparison."""

    captures: tuple[Path, ...]
    config: Path | None = None
    edition: str | None = None
    mode: str | None = None
    ignored: tuple[str, ...] = ()
    ignore_file: Path | None = None
    update_ignore: Path | None = None
    as_json: bool = False
    ndjson: Path | None = None
    mask: bool = False
    mask_key: str | None = None
    mask_sms: bool = False


def compared(asked: Asked) -> int:
    """The comparison, printed; its exit code."""
    ignored = Ignored([*asked.ignored, *_from_file(asked.ignore_file)])
    drift = Drift(_profile(asked), asked.mode, ignored)
    try:
        result = compare(_requests(asked), drift)
    except BadSource as error:
        click.echo(str(error), err=True)
        return UNLOADABLE
    if not result.notifications and not result.findings:
        click.echo(f"no notification in {', '.join(map(str, asked.captures))}: {result.requests} requests", err=True)
        return NOTHING_RAN
    if asked.ndjson is not None:
        _write(asked.ndjson, b"".join(orjson.dumps(row) + b"\n" for row in rows_of(result)))
    if asked.as_json:
        print_json(list(rows_of(result)))
    else:
        _print(result)
    return _ended(asked, result, ignored)


def _ended(asked: Asked, result: Result, ignored: Ignored) -> int:
    """The last words, on stderr, and the exit code."""
    for remark in result.remarks:
        click.echo(f"remark: {remark}", err=True)
    for pattern in ignored.unused():
        click.echo(f"remark: {pattern!r} is to be ignored, but there is no such drift any more", err=True)
    contradicted = [one for one in result.verdicts if one.is_drift]
    seen = f"{_many(result.notifications, 'notification')} in {_many(result.requests, 'request')}"
    what = f"{_many(len(result.findings), 'finding')}, {_many(len(contradicted), 'setting')} contradicted"
    accepted = f", {result.ignored} accepted" if result.ignored else ""
    click.echo(f"{seen}: {what if result.is_drift else 'no drift'}{accepted}", err=True)
    if asked.update_ignore is not None:
        _update(asked.update_ignore, result, ignored)
        return PASSED
    return FAILED if result.is_drift else PASSED


def _profile(asked: Asked) -> Profile:
    """The profile that the captures are held against: of the configuration and the edition."""
    return profile_in_force(load(asked.config, os.environ, {"edition": asked.edition}))


def _requests(asked: Asked) -> Iterator[Recorded]:
    requests = chain.from_iterable(map(read, asked.captures))
    return map(masking(asked.mask_key, hides_texts=asked.mask_sms).recorded, requests) if asked.mask else requests


def _print(result: Result) -> None:
    if result.findings:
        print_entries(FINDINGS, map(_finding, result.findings), _finding_entry)
    if result.verdicts:
        if result.findings:
            click.echo()
        print_entries(SETTINGS, map(_setting, result.verdicts), _setting_entry)


def _finding(group: Group) -> Row:
    row = group.as_json()
    return tuple(row[name] for name in ("finding", "path", "count", "first", "example", "meaning"))


def _finding_entry(row: Row) -> Entry:
    name, path, count, first, example, meaning = map(str, row)
    return Entry(name, path, (meaning, f"example: {example}"), f"{count} times, first {first} · --ignore {path}")


def _setting(one: Verdict) -> Row:
    row = one.as_json()
    line = one.line or "-"
    return (*(row[name] for name in ("setting", "verdict", "ours", "count", "first", "example")), line,
            *(row[name] for name in ("provenance", "page", "meaning")))  # fmt: skip


def _setting_entry(row: Row) -> Entry:
    name, verdict, ours, count, first, example, line, provenance, page, meaning = map(str, row)
    told = f"the real platform: {example}; ours is {ours} ({provenance})"
    lines = (meaning, told) if line == "-" else (meaning, told, f"write into [profile]: {line}")
    return Entry(name, verdict, lines, f"{count} times, first {first} · {page}")


def _from_file(path: Path | None) -> list[str]:
    """The patterns of a file; raises a usage error with what is wrong with it."""
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.FileError(str(path), f"no list of accepted drift: {error}") from None
    found = [line.partition("#")[0].strip() for line in lines]
    if len(found) > MOST_IGNORED:
        raise click.FileError(str(path), f"more than {MOST_IGNORED} lines; use * for many at once")
    return [pattern for pattern in found if pattern]


def _update(path: Path, result: Result, ignored: Ignored) -> None:
    """Write what is accepted from now on: what was already and still is, and all of today."""
    ids = {group.id for group in result.findings}
    ids |= {f"setting:profile.{one.setting.name}" for one in result.verdicts if one.is_drift}
    kept = sorted({*ids, *(pattern for pattern in ignored.patterns if pattern in ignored.used)})
    _write(path, "\n".join([HEAD, *kept, ""]).encode())
    click.echo(f"{path}: {_many(len(kept), 'line')} of accepted drift", err=True)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.FileError(str(path), f"cannot be written: {error.strerror}") from None


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
