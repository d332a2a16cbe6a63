"""`pnsim causes --from FILE`: what happened in a disconnect or CDR of production, and how to play it."""

import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import orjson

from simulator.cli.cause_page import print_facts
from simulator.cli.endings import UNLOADABLE
from simulator.cli.narrating import Story, story_of
from simulator.cli.tables import print_json
from simulator.contract.incidents import WHAT_TELLS, Incident, event_type, incidents, joined

LIMIT_BYTES = 4 * 1024 * 1024
MOST = 1000


class Unreadable(click.ClickException):
    """A file that tells of no call; the sentence says what would."""

    exit_code = UNLOADABLE


def explain(file: str, mode: str | None, *, as_json: bool) -> None:
    """Tell, in both languages, of every call in `file`; `mode` where the records do not say it."""
    stories = [story_of(told if mode is None else replace(told, mode=mode)) for told in _calls(file)]
    if as_json:
        print_json([story.as_json() for story in stories])
        return
    for number, story in enumerate(stories):
        if number:
            click.echo()
        _print(story)


def _print(story: Story) -> None:
    print_facts((story.code, *story.meaning), story.facts())
    if story.command:
        click.echo(f"\n{story.command}")


def _calls(file: str) -> list[Incident]:
    """The calls of a file: JSON or JSON lines; a disconnect and a CDR of one session are one call. Raises Unreadable."""
    name = "standard input" if file == "-" else file
    values = _values(_text(file, name), name)
    found: list[Incident] = []
    for told in incidents(values):
        if len(found) == MOST:
            raise Unreadable(f"{name} tells of more than {MOST} calls; give fewer of them")
        found.append(told)
    if not found:
        raise Unreadable(_nothing(values, name))
    return list(_joined(found))


def _joined(found: Sequence[Incident]) -> Iterator[Incident]:
    by_place = {(told.kind, told.session_id): told for told in found if told.session_id is not None}
    for told in found:
        other = by_place.get(("fee" if told.kind == "disconnect" else "disconnect", told.session_id or ""))
        if other is None:
            yield told
        elif told.kind == "fee":
            yield joined(other, told)


def _text(file: str, name: str) -> bytes:
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
            text = stream.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror}") from None
    if len(text) > LIMIT_BYTES:
        raise Unreadable(f"{name} has more than {LIMIT_BYTES // 1024 // 1024} MiB; give only the records in question")
    return text.removeprefix(BOM_UTF8)


def _values(text: bytes, name: str) -> list[Any]:
    """The JSON values of a text: one, or one a line."""
    if not text.strip():
        raise Unreadable(f"{name} is empty, instead of a disconnect or a CDR as JSON")
    try:
        return [orjson.loads(text)]
    except orjson.JSONDecodeError as error:
        whole = error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    values = []
    for number, line in lines:
        try:
            values.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            if not values:
                raise Unreadable(f"{name}:{whole.lineno}:{whole.colno}: no JSON: {whole.msg}") from None
            raise Unreadable(f"{name}:{number}: no JSON: {error.msg}") from None
    return values


def _nothing(values: Sequence[Any], name: str) -> str:
    told = next((kind for kind in map(event_type, values) if kind is not None), None)
    what = "" if told is None else f"; it is a {told!r}"
    return f"{name} says of no call why it ended{what}: {WHAT_TELLS}"
