"""One line for each exchange of a capture: when, what it tells, of whom, what was answered, how fast."""

import sys
from collections.abc import Callable, Mapping

import orjson

from simulator.exchange.rows import instant
from simulator.replay.recorded import Recorded
from simulator.replay.recorder import Show
from simulator.scenario.asking import Credentials
from simulator.scenario.judging import SIGNATURE_RIGHT, Told, signature_of, telling
from simulator.scenario.reports.printing import Line, Piece, printer

WIDEST = 80


def judge(secrets: Mapping[str, str]) -> Callable[[Recorded], str]:
    """Makes the remark about the signature of a request: right, wrong and why, or nothing where nobody knows."""

    def judged(recorded: Recorded) -> str:
        if not secrets:
            return ""
        key = recorded.app_key
        if key is not None and key not in secrets:
            return f"signed by app {key[:WIDEST]!r}, whose secret is not known here"
        app_key = key if key is not None else next(iter(secrets))
        names = ("authorization", "x-aksk", "x-wsse")
        known = {"authorization": "Authorization", "x-aksk": "X-AKSK", "x-wsse": "X-WSSE"}
        headers = {known[name.lower()]: value for name, value in recorded.headers if name.lower() in names}
        return "; ".join(signature_of(headers, Credentials(app_key, secrets[app_key]))) or SIGNATURE_RIGHT

    return judged


def as_json() -> Show:
    """One JSON object a line on stdout."""

    def show(recorded: Recorded, remark: str) -> None:
        told = _told(recorded)
        line = {
            "at": instant(recorded.at),
            "method": recorded.method,
            "url": recorded.url,
            "kind": told[0].kind if told else None,
            "session_ids": [one.session_id for one in told],
            "app_key": recorded.app_key,
            "status": recorded.status,
            "failure": recorded.failure,
            "wall_seconds": recorded.wall_seconds,
            "signature": remark or None,
        }
        sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
        sys.stdout.buffer.flush()

    return show


def as_lines() -> Show:
    """Coloured on a terminal, plain elsewhere."""
    show = printer(sys.stdout)

    def shown(recorded: Recorded, remark: str) -> None:
        for line in _lines(recorded, remark):
            show(line, whole=bool(recorded.failure))

    return shown


def _told(recorded: Recorded) -> tuple[Told, ...]:
    return telling(recorded.body)


def _lines(recorded: Recorded, remark: str) -> list[Line]:
    """One line for each call that a notification tells of; what became of the request stands on the first."""
    told = _told(recorded)
    first = told[0] if told else None
    good = recorded.status == 200
    took = "" if recorded.wall_seconds is None else f"{recorded.wall_seconds * 1000:8.1f} ms"
    head: list[Piece] = [
        (f"{recorded.at:%H:%M:%S}  ", "dim"),
        *(_who(first) if first else _of_request(recorded)),
        (f"  {recorded.status or '---'}", "green" if good else "red"),
        (took, "dim"),
        (f"  {_shown(remark)}" if remark else "", "green" if remark == SIGNATURE_RIGHT else "yellow"),
        (f"  {_shown(recorded.failure)}" if recorded.failure else "", "red"),
        (f"  {first.cause_text}" if first and first.cause_text else "", "cyan"),
    ]
    return [head, *([("          ", ""), *_who(one)] for one in told[1:])]


def _of_request(recorded: Recorded) -> list[Piece]:
    path = recorded.url.partition("?")[0].partition("://")[2].partition("/")[2]
    return [(f"{_shown(recorded.method):<12}", "bold"), (f"{'/' + _shown(path):<31}", "")]


def _who(told: Told) -> list[Piece]:
    pair = f"{told.caller or '?'} → {told.called or '?'}" if told.session_id else str(told.number or "-")
    return [(f"{told.kind:<12}", "bold"), (f"{_shown(pair):<31}", "")]


def _shown(text: str) -> str:
    """What a stranger wrote, without what a terminal would obey."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:WIDEST])
