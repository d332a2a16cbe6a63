"""The catalogue of hangup causes with everything that belongs to each, as rows for people and programs."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import click

from simulator.contract.codes import HangupCause, disconnect_points, hangup_causes, q850, releases, result_codes
from simulator.contract.network import call_tables
from simulator.contract.reproductions import reproduction

Cause = dict[str, Any]

STAGES = {
    "arrival": ("after arrival", "呼入后"),
    "forwarded": ("after forwarding", "转接后"),
    "ringing": ("while ringing", "振铃中"),
    "talking": ("in talk", "通话中"),
}
"""How far a call has come, in words; before its arrival no event is told, so no cause has that stage."""


def catalogue() -> list[Cause]:
    """Every hangup cause, in the order of the table."""
    outcomes = {outcome.cause: outcome.name for outcome in call_tables().outcomes.values()}
    return [{**_described(cause), "outcome": outcomes.get(cause.code)} for cause in hangup_causes().values()]


def _described(cause: HangupCause) -> Cause:
    played = {mode: reproduction(cause.code, mode) for mode in cause.modes}
    return {
        "code": cause.code,
        "documented": cause.is_documented,
        "category": cause.category_en,
        "category_zh": cause.category_zh,
        "en": cause.en,
        "zh": cause.zh,
        "modes": list(cause.modes),
        "modes_provenance": dict(cause.modes),
        "modes_why": cause.modes_why,
        "events": {mode: one.kinds(one.events) for mode, one in played.items()},
        "events_provenance": cause.events_basis.provenance,
        "events_why": cause.events_basis.why,
        **_codes(cause.code),
        "hears": cause.hears_en,
        "hears_zh": cause.hears_zh,
        "hears_provenance": cause.hears_basis.provenance,
        "hears_why": cause.hears_basis.why,
        "reproduce": {mode: {"how": one.how, "en": one.en, "zh": one.zh} for mode, one in played.items()},
        "command": f"pnsim causes --reproduce {cause.code}",
        "provenance": cause.provenance,
        "note": cause.note,
    }


def _codes(code: int) -> Cause:
    """The stage and the codes that go with a cause."""
    release = releases()[code]
    point = disconnect_points().get(release.disconnect_point)
    words, words_zh = STAGES[release.stage]
    return {
        "stage": release.stage,
        "stage_en": words,
        "stage_zh": words_zh,
        "disconnect_point": release.disconnect_point,
        "disconnect_point_en": point.en if point else "",
        "disconnect_point_zh": point.zh if point else "",
        "disconnect_point_provenance": point.provenance if point else "inferred",
        "disconnect_point_why": point.source if point else "in no list of disconnect points: stands as itself",
        "q850": release.q850,
        "q850_en": q850()[release.q850].en,
        "q850_zh": q850()[release.q850].zh,
        "sip_status": release.sip_status,
        "codes_provenance": release.provenance,
        "codes_why": release.why,
    }


def chosen(rows: list[Cause], words: Sequence[str], mode: str | None = None) -> list[Cause]:
    """The cause of a code, or those that hold all words, or all; raises UsageError with the nearest for none."""
    if len(words) == 1 and words[0].isdecimal():
        code = cause_of(words[0])
        found = [row for row in rows if row["code"] == code and mode in (None, *row["modes"])]
        if not found:
            raise click.UsageError(f"{code} does not occur in mode {mode}; `pnsim causes {code}` says where it does")
        return found
    found = [row for row in rows if mode in (None, *row["modes"]) and _has(row, words)]
    if not found:
        where = f" in mode {mode}" if mode else ""
        what = f"no hangup cause{where} speaks of {' and '.join(words)}"
        raise click.UsageError(f"{what}; `pnsim causes` lists all {len(rows)}")
    return found


def cause_of(text: str) -> int:
    """The hangup cause of this number; raises UsageError that says which other table it is from, or the nearest."""
    if text.isdecimal() and len(text) < 10 and int(text) in hangup_causes():
        return int(text)
    raise click.UsageError(_no_cause(text))


def _has(row: Cause, words: Sequence[str]) -> bool:
    text = " ".join(map(str, _searched(row))).lower()
    return all(word.lower() in text for word in words)


def _searched(row: Cause) -> Iterator[object]:
    for name in (
        "code",
        "category",
        "category_zh",
        "en",
        "zh",
        "note",
        "outcome",
        "hears",
        "hears_zh",
        "stage_en",
        "stage_zh",
    ):
        yield row[name]
    for how in row["reproduce"].values():
        yield from (how["en"], how["zh"])


def _no_cause(text: str) -> str:
    """Which other table the code is from, or the nearest cause."""
    point = disconnect_points().get(int(text)) if text.isdecimal() and len(text) < 10 else None
    if point is not None:
        return f"{text} is no hangup cause; it is a disconnect point of CDRs (ulFailReason): {point.en} / {point.zh}"
    results = [row for row in result_codes() if row.code == text]
    if results:
        return f"{text} is no hangup cause; it is a result code of the API: {results[0].text} / {results[0].zh}"
    near = get_close_matches(text, map(str, hangup_causes()), 1, 0)
    return f"no hangup cause {text}; the nearest is {near[0]}"
