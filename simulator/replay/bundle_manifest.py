"""A bundle's manifest as it is read: every member of its kind, none that we do not know."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from simulator.replay.bundle import FORMAT, VERSION, Maker, Manifest, Told


class NotOurs(Exception):
    """What stands in a file is no bundle's; the sentence does not name the file."""


KINDS: Mapping[type, Mapping[str, str]] = {
    Maker: {"pnsim": "text", "python": "text", "platform": "text"},
    Told: {"status": "text", "steps_planned": "number", "steps_done": "number", "failure": "texts"},
    Manifest: {
        "scenario": "text", "title": "text", "file": "text", "mode": "text", "edition": "text", "seed": "number",
        "clock_start": "text", "receiver": "text", "sample": "flag", "strict": "flag", "answer_timeout": "seconds",
        "settings": "texts", "app_key": "text", "made_with": "made_with", "result": "result", "withheld": "texts",
        "rows": "number", "rows_left_out": "number",
    },
}  # fmt: skip
WORDS = {
    "text": "a text",
    "texts": "a list of texts",
    "number": "a whole number",
    "seconds": "seconds or null",
    "flag": "true or false",
    "made_with": "a table",
    "result": "a table",
}
LARGEST_SEED = 2**31 - 1


def manifest_of(table: Mapping[str, Any]) -> Manifest:
    """The manifest of a table; raises NotOurs."""
    if table.get("format") != FORMAT:
        raise NotOurs(f"its manifest says format {table.get('format')!r:.40}, instead of {FORMAT!r}")
    if table.get("version") != VERSION:
        made = table.get("made_with")
        by = made.get("pnsim") if isinstance(made, dict) else None
        raise NotOurs(
            f"a bundle of version {table.get('version')!r:.20}, instead of {VERSION}, which this pnsim reads; "
            f"it was made with pnsim {by!r:.40}: play it with that"
        )
    known = {name: value for name, value in table.items() if name not in ("format", "version")}
    manifest: Manifest = _read(Manifest, known, "manifest")
    if not 0 <= manifest.seed <= LARGEST_SEED:
        raise NotOurs(f"its manifest.seed is {manifest.seed}, instead of 0 to {LARGEST_SEED}")
    if manifest.answer_timeout is not None and not 0.001 <= manifest.answer_timeout <= 3600:
        raise NotOurs(f"its manifest.answer_timeout is {manifest.answer_timeout:g}, instead of 0.001 to 3600 seconds")
    return manifest


def _read(kind: type, table: Mapping[str, Any], where: str) -> Any:
    names = {one.name for one in fields(kind)}
    unknown = next((name for name in table if name not in names), None)
    if unknown is not None:
        raise NotOurs(f"its {where} has {unknown!r:.40}, instead of only: {', '.join(KINDS[kind])}")
    values = {}
    for name, what in KINDS[kind].items():
        if name not in table:
            raise NotOurs(f"its {where} has no {name}, instead of {WORDS[what]}")
        values[name] = _value(what, table[name], f"{where}.{name}")
    return kind(**values)


def _value(what: str, value: Any, where: str) -> Any:
    if what in ("made_with", "result") and isinstance(value, dict):
        return _read(Maker if what == "made_with" else Told, value, where)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "text": isinstance(value, str),
        "texts": isinstance(value, list) and all(isinstance(one, str) for one in value),
        "number": is_number and isinstance(value, int),
        "seconds": is_number or value is None,
        "flag": isinstance(value, bool),
    }
    if not fits.get(what, False):
        raise NotOurs(f"its {where} is {value!r:.60}, instead of {WORDS[what]}")
    return tuple(value) if what == "texts" else value
