"""The catalogue of hangup causes with everything that belongs to each, and how to play it."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click

from simulator.contract.codes import disconnect_points, hangup_causes, releases, result_codes
from simulator.contract.network import call_tables

Cause = dict[str, Any]

MODE_NAMED = re.compile(r"AXYB|AXE|AXB|AX|(?<![A-Z])X(?=模式)")
AN_EXAMPLE = re.compile(r"例如.*|包含.*")

BY_ROUTE = {
    8010: "bind with --max-minutes 1 and let the call talk longer",
    8014: "dial X from a number that is bound to nobody on it",
    8016: "bind with --direction 1 and let the callee dial X",
    8023: "let a landline that is bound dial X",
    8035: "outcome no_answer with rings_seconds 90 or more",
    7501: "outcome abandoned with rings_seconds 0",
}
"""Causes that a call meets by itself: what to do instead of forcing them."""


def catalogue() -> list[Cause]:
    """Every hangup cause, in the order of the table.

    `modes` are those that the platform's own text names, examples aside; [] when it names none.
    """
    outcomes = {outcome.cause: outcome.name for outcome in call_tables().outcomes.values()}
    rows = []
    for cause in hangup_causes().values():
        release, stage = releases()[cause.code], call_tables().releases[cause.code].stage
        row = {
            "code": cause.code,
            "category": cause.category_en,
            "category_zh": cause.category_zh,
            "en": cause.en,
            "zh": cause.zh,
            "modes": list(dict.fromkeys(MODE_NAMED.findall(AN_EXAMPLE.sub("", cause.zh)))),
            "stage": stage.value,
            "disconnect_point": release.disconnect_point,
            "q850": release.q850,
            "sip_status": release.sip_status,
            "outcome": outcomes.get(cause.code),
            "reproduce": _reproduce(cause.code, outcomes.get(cause.code)),
            "provenance": cause.provenance,
            "codes_provenance": release.provenance,
            "codes_why": release.why,
            "note": cause.note,
        }
        rows.append(row)
    return rows


def chosen(rows: list[Cause], words: Sequence[str]) -> list[Cause]:
    """The cause of a code, or those that hold all words; raises UsageError with the nearest when there is none."""
    if len(words) == 1 and words[0].isdecimal():
        found = [row for row in rows if str(row["code"]) == words[0]]
        if not found:
            raise click.UsageError(_no_cause(words[0], rows))
        return found
    found = [row for row in rows if all(word.lower() in _text(row) for word in words)]
    if not found:
        raise click.UsageError(f"no hangup cause speaks of {' and '.join(words)}; `pnsim causes` lists all {len(rows)}")
    return found


def _reproduce(code: int, outcome: str | None) -> str:
    if code in BY_ROUTE:
        return BY_ROUTE[code]
    return f"outcome {outcome}" if outcome else f"hangup_cause {code}"


def _text(row: Cause) -> str:
    """What is searched."""
    members = ("category", "category_zh", "en", "zh", "note", "outcome", "code")
    return " ".join(str(row[name]) for name in members).lower()


def _no_cause(code: str, rows: list[Cause]) -> str:
    """Which other table the code is from, or the nearest cause."""
    point = disconnect_points().get(int(code)) if len(code) < 10 else None
    if point is not None:
        return f"{code} is no hangup cause; it is a disconnect point of CDRs (ulFailReason): {point.en} / {point.zh}"
    results = [row for row in result_codes() if row.code == code]
    if results:
        return f"{code} is no hangup cause; it is a result code of the API: {results[0].text} / {results[0].zh}"
    near = get_close_matches(code, [str(row["code"]) for row in rows], 1, 0)
    return f"no hangup cause {code}; the nearest is {near[0]}"
