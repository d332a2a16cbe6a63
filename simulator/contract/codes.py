"""The platform's code tables as values: result codes, hangup causes, disconnect points, Q.850 causes, releases.

The tables are `schemas/codes/*.json`; each is read when it is first asked for (recording_auth_codes.md 3 and 4,
notifications.md 2.6, 3.4 and 3.5).
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson

from simulator.resources import read_bytes


class UnknownCodeError(LookupError):
    """No row, or more than one, has this result code; the sentence names the nearest code or the statuses it has."""


@dataclass(frozen=True, slots=True)
class ResultCode:
    """One row of the API's result codes; `http_status` is None where only the sister product lists the code."""

    code: str
    http_status: int | None
    text: str
    texts: tuple[str, ...]
    zh: str
    en: str
    handling: str
    provenance: str
    sister: bool
    note: str


@dataclass(frozen=True, slots=True)
class Basis:
    """How a fact of a table is known: documented, observed or inferred, and from which page or by which conclusion."""

    provenance: str
    why: str


@dataclass(frozen=True, slots=True)
class HangupCause:
    """One value of `stateCode`: why a call was released.

    `modes` has the provenance of each mode where it can occur; `events` come before the disconnect, `collectInfo` only
    where an extension is collected; `hears_…` is what the caller hears.
    """

    code: int
    category_zh: str
    category_en: str
    zh: str
    en: str
    provenance: str
    note: str
    modes: Mapping[str, str]
    modes_why: str
    events: tuple[str, ...]
    events_basis: Basis
    hears_zh: str
    hears_en: str
    hears_basis: Basis

    @property
    def is_documented(self) -> bool:
        """Whether the platform's own list has it; the others are known from other sources only."""
        return self.provenance == "documented"


@dataclass(frozen=True, slots=True)
class DisconnectPoint:
    """One value of `ulFailReason`: where a call was released; `source` says in which list it was read."""

    code: int
    zh: str
    en: str
    provenance: str
    source: str


@dataclass(frozen=True, slots=True)
class Q850Cause:
    """One value of `fwdUnaswRsn`: the network's cause of a failed forward (ITU-T Q.850)."""

    code: int
    zh: str
    en: str
    provenance: str


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """Which disconnect point, Q.850 cause and SIP status belong to a hangup cause, and why that is believed.

    `stage` is how far the call has come: "arrival", "forwarded", "ringing" or "talking".
    """

    cause: int
    disconnect_point: int
    q850: int
    sip_status: int
    stage: str
    provenance: str
    why: str


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """The result code of a refusal reason: `code`, or else the profile setting `setting` that holds it.

    `mode` and `operation` None: of every one that has no row of its own.
    """

    reason: str
    mode: str | None
    operation: str | None
    code: str | None
    setting: str | None
    text_setting: str | None
    http_status: int


@cache
def result_codes() -> tuple[ResultCode, ...]:
    """Every result code, in the order of the table; 1010010 stands in two rows, with 401 and with 403."""
    return tuple(ResultCode(**{**row, "texts": tuple(row["texts"])}) for row in _rows("result_codes"))


@cache
def result_code(code: str, http_status: int | None = None) -> ResultCode:
    """The row of a code; `http_status` is needed only where a code has two. Raises UnknownCodeError."""
    rows = [row for row in result_codes() if row.code == code and http_status in (None, row.http_status)]
    if len(rows) == 1:
        return rows[0]
    raise UnknownCodeError(_several(code, rows) if rows else _missing(code, http_status))


@cache
def hangup_causes() -> Mapping[int, HangupCause]:
    """Hangup causes by their number, in the order of the table."""
    return MappingProxyType({row["code"]: _hangup_cause(**row) for row in _rows("hangup_causes")})


@cache
def disconnect_points() -> Mapping[int, DisconnectPoint]:
    """Disconnect points by their number."""
    return MappingProxyType({row["code"]: DisconnectPoint(**row) for row in _rows("disconnect_points")})


@cache
def q850() -> Mapping[int, Q850Cause]:
    """Q.850 causes by their number."""
    return MappingProxyType({row["code"]: Q850Cause(**row) for row in _rows("q850")})


@cache
def releases() -> Mapping[int, ReleaseRow]:
    """What belongs to each hangup cause, by the cause."""
    return MappingProxyType({row["cause"]: ReleaseRow(**row) for row in _rows("releases")})


@cache
def area_provinces() -> Mapping[str, str]:
    """The province (in Chinese) of every area code, which is written with its leading 0: "0755" -> "广东"."""
    return MappingProxyType({row["code"]: row["province"] for row in _rows("area_codes")})


@cache
def refusals() -> tuple[RefusalRow, ...]:
    """The result codes of the reasons for which the core refuses a command, in the order of the table."""
    return tuple(RefusalRow(**row) for row in _rows("refusals"))


@cache
def refusal_row(reason: str, mode: str | None, operation: str | None) -> RefusalRow:
    """The row of a reason: of mode and operation, else of operation, mode, everything. Raises LookupError."""
    rows = {(row.mode, row.operation): row for row in refusals() if row.reason == reason}
    places = ((mode, operation), (None, operation), (mode, None), (None, None))
    found = next((rows[place] for place in places if place in rows), None)
    if found is None:
        raise LookupError(f"refusals.json has no row for {reason} in mode {mode}, operation {operation}")
    return found


def _hangup_cause(modes: Any, events: Any, hears: Any, **plain: Any) -> HangupCause:
    return HangupCause(
        **plain,
        modes=MappingProxyType(modes["in"]),
        modes_why=modes["why"],
        events=tuple(events["before"]),
        events_basis=Basis(events["provenance"], events["why"]),
        hears_zh=hears["zh"],
        hears_en=hears["en"],
        hears_basis=Basis(hears["provenance"], hears["why"]),
    )


# The rows are unchecked JSON; tests prove that every table fits its dataclass.
def _rows(table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads(read_bytes(f"schemas/codes/{table}.json"))["rows"]
    return rows


def _several(code: str, rows: list[ResultCode]) -> str:
    statuses = " and ".join(str(row.http_status) for row in rows)
    return f"result code {code} has several rows: ask for it with its HTTP status, {statuses}"


def _missing(code: str, http_status: int | None) -> str:
    known = [row.http_status for row in result_codes() if row.code == code]
    if known:
        return f"result code {code} has no row with HTTP status {http_status}; it has {known[0]}"
    near = difflib.get_close_matches(code, [row.code for row in result_codes()], 1, 0)
    return f"no result code {code!r}; the nearest is {near[0]!r}"
