"""The timeline of a run for a person: one line for each thing that happens, in story time."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from simulator.client.shapes import Row
from simulator.contract.codes import hangup_causes
from simulator.contract.number_states import in_words
from simulator.contract.send_results import send_results
from simulator.scenario.blocks import inside
from simulator.scenario.customer_playing import CUSTOMER_ROW
from simulator.scenario.judging import Told, telling
from simulator.scenario.language import Ask, span
from simulator.scenario.loader import language
from simulator.scenario.reports.coverage import Coverage
from simulator.scenario.reports.printing import Line, Piece, Printer
from simulator.scenario.results import QUIET, Result, Status, counted, known_lines, summary
from simulator.scenario.watching import CDR_ROW, Opening
from simulator.scenario.world import instant

WORTH_A_LINE_SECONDS = 60
"""Shorter jumps of the clock are seen in the times of the lines."""
RULE_WIDTH = 78
NUMBERS_SHOWN = 3
"""X numbers of one message that its line names."""
TEXT_WIDTH = 40
BOUND = ("user", "caller", "x_number", "extension", "y_number", "callee")
"""What a line about a binding names, where its mode has it."""

MARKS = {
    Status.PASSED: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.SKIPPED: ("–", "yellow"),
    Status.INCOMPLETE: ("…", "yellow"),
    Status.BROKEN: ("!", "red"),
    Status.UNREACHABLE: ("?", "red"),
    Status.NOT_PLAYED: ("–", "dim"),
    Status.KNOWN: ("✓", "yellow"),
}


class Timeline:
    """A watcher that prints; `details` False leaves out everything but the scenarios and their results."""

    def __init__(self, show: Printer, coverage: Coverage | None = None, *, details: bool = True) -> None:
        self._show = show
        self._coverage = coverage
        self._details = details
        self._names: dict[str, str] = {}
        self._pair_width = 5
        self._sent: dict[tuple[str, int], tuple[Told, ...]] = {}
        self._lines: dict[str, Callable[[Any], Line | None]] = {
            "api_request": _api,
            "call_event": self._call_event,
            "message_event": self._message_event,
            "attempt_started": self._started,
            "attempt_ended": self._ended,
            "state_change": self._state_change,
            "decided": self._decided,
            "contract_violation": _violation,
            CDR_ROW: self._cdr,
            CUSTOMER_ROW: _customer,
        }

    def begin(self, opening: Opening) -> None:
        """The scenario's header: its name, its sentence, who is who."""
        self._names = {number: name for name, number in opening.cast.items()}
        names = {*opening.cast, *(step.number_as for step in inside(opening.scenario.steps) if isinstance(step, Ask))}
        self._pair_width = 1 + sum(sorted((len(name) for name in names if name), reverse=True)[:2])
        self._sent.clear()
        scenario = opening.scenario
        title = f"━━ {scenario.label} "
        self._show([(title, "bold cyan"), ("━" * max(2, RULE_WIDTH - len(title)), "cyan")])
        self._show([(f"   {scenario.title}", "bold")], whole=True)
        for who in _who_is_who(opening.cast):
            self._show([(who, "dim")])
        about = f"   app {opening.app_key} · seed {opening.seed} · receiver: {opening.receiver}"
        self._show([(about, "dim")], whole=True)

    def named(self, name: str, number: str) -> None:
        """A line for a number that the scenario has a name for as of now."""
        self._names[number] = name
        if self._details:
            self._show([(f"   {'':14}  ", "dim"), _what("name", "dim"), (f"{name} is {number}", "dim")])

    def row(self, row: Row) -> None:
        """A line for a row that people want to see."""
        line = self._lines.get(str(row["kind"]), lambda _: None)(row)
        if line is not None and self._details:
            self._show([(f"   {_time(instant(str(row['at'])))}  ", "dim"), *line])

    def jump(self, before: datetime, after: datetime) -> None:
        """A line for a jump that is long enough to matter."""
        seconds = (after - before).total_seconds()
        if seconds >= WORTH_A_LINE_SECONDS and self._details:
            dots = "⋯".rjust(8).ljust(14)
            self._show([(f"   {dots}  ", "dim"), _what("clock", "blue"), (f"{span(round(seconds, 3))} pass", "blue")])

    def end(self, result: Result) -> None:
        """The closing line, and why it did not pass; of those that were not played the summary has the number."""
        if result.status is Status.NOT_PLAYED:
            return
        mark, style = MARKS[result.status]
        steps = f"{result.steps_done} of {result.steps_planned} steps"
        if result.given_up:
            steps += f" · {counted(result.given_up, 'notification')} given up"
        self._show([(f" {mark} {result.name} {result.status.value}", f"bold {style}"), (f"  {steps}", "dim")])
        for remark in result.remarks if self._details else ():
            self._show([(f"   {remark}", "yellow")], whole=True)
        for line in result.failure.lines() if result.failure else ():
            self._show([(f"   {line}", style if "expected" not in line else "")], whole=True)
        for line in known_lines(result):
            self._show([(f"   {line}", "yellow")], whole=True)
        self._show([])

    def finish(self, results: Sequence[Result]) -> None:
        """The summary."""
        bad = any(result.status not in QUIET for result in results) or not results
        if self._coverage is not None and self._coverage.causes:
            self._show([(self._coverage.sentence(), "dim")])
        self._show([(summary(results), "bold red" if bad else "bold green")])

    def _name(self, number: str | None) -> str:
        return self._names.get(number or "", number or "?")

    def _pair(self, told: Sequence[Told]) -> str:
        pairs = dict.fromkeys(
            f"{self._name(one.caller)}→{self._name(one.called)}" for one in told if one.caller or one.called
        )
        numbers = [f"{self._name(one.number)} {one.number_text}" for one in told if one.number_status]
        more = [f"{len(numbers) - NUMBERS_SHOWN} more"] if len(numbers) > NUMBERS_SHOWN else []
        return ", ".join([*pairs, *numbers[:NUMBERS_SHOWN], *more])

    def _call_event(self, row: Row) -> Line | None:
        if row["event"] == "dialled":
            who = [str(row[key]) for key in ("caller", "dialled") if key in row]
            return [_what("call", "magenta"), (" dials ".join(map(self._name, who)) or "somebody dials", "magenta")]
        if row["event"] == "released":
            return [_what("call", "magenta"), (f"released {_cause(row.get('hangup_cause'))}", "magenta")]
        return None

    def _message_event(self, row: Row) -> Line:
        """An SMS that reached X, and what became of it."""
        if row["event"] == "arrived":
            who = f"{self._name(_text(row['sender']))} writes to {self._name(_text(row['x_number']))}"
            return [_what("SMS", "magenta"), (f"{who}: {one_line(row['text'])}", "magenta")]
        code, to = _number(row["send_result"]), _text(row.get("destination"))
        sent = f" to {self._name(to)}, {row['parts_sent']} of {row['parts']} parts" if to else ""
        return [_what("SMS", "magenta"), (f"{_of(send_results(), code)}{sent}", "magenta")]

    def _started(self, row: Row) -> None:
        self._sent[str(row["delivery_id"]), _number(row["number"])] = telling(str(row["body"]).encode())

    def _ended(self, row: Row) -> Line:
        told = self._sent.pop((str(row["delivery_id"]), _number(row["number"])), ())
        good = bool(row["acknowledged"])
        many = f" ×{len(told)}" if len(told) > 1 else ""
        kind = f"{row['notification_kind']}{many}"
        milliseconds = f"{float(str(row['wall_seconds'] or 0)) * 1000:.0f} ms"
        again = f"  attempt {row['number']}" if row["number"] != 1 else ""
        again += "  given up" if row.get("state") == "exhausted" else ""
        outcome = str(row["status"] if "status" in row else row["reason"])
        remark = [(f"  {row['remark']}", "yellow")] if row.get("remark") else []
        style = "green" if good else "red"
        about = f"{kind:<11} {self._pair(told):<{self._pair_width}}  "
        head: list[Piece] = [_what("→" if good else "✗", style), (about, "")]
        fault = [(f"  {row['fault']}", "magenta")] if row.get("fault") else []
        return [*head, (f"{outcome:<4}", style), (f" {milliseconds}{again}", "dim"), *fault, *remark]

    def _state_change(self, row: Row) -> Line | None:
        if row["what"] == "expired":
            parties = "–".join(self._name(str(row[key])) for key in BOUND if key in row)
            return [_what("bind", "yellow"), (f"{parties} expired", "yellow")]
        if row["what"] == "number_state":
            why = f": {in_words(_number(row['cause']))}" if "cause" in row else ""
            state = str(row["state"]).replace("_", " ")
            return [_what("state", "yellow"), (f"{self._name(str(row['number']))} {state}{why}", "yellow")]
        if row["what"] == "arrears":
            said = "the account owes" if row["arrears"] else "the account has paid"
            return [
                _what("state", "yellow"),
                (f"{said}: {counted(_number(row['numbers']), 'X number')} changed", "yellow"),
            ]
        return None

    def _decided(self, row: Row) -> Line:
        """What became of the question whom a call to X reaches, or who gets an SMS."""
        if row["decision"] is None:
            said, style = f"no decision: {row['problem']}", "red"
        else:
            callee = _text(row.get("callee") or row.get("destination"))
            said, style = str(row["decision"]) + (f" to {self._name(callee)}" if callee else ""), "magenta"
        ignored = f"  ignored: {row['ignored']}" if "ignored" in row else ""
        return [_what("says", style), (said, style), (ignored, "yellow")]

    def _cdr(self, row: Row) -> Line:
        talked = _talked(row)
        way = f"{self._name(_text(row['caller']))}→{self._name(_text(row['destination']) or _text(row['x_number']))}"
        codes = f"cause {row['hangup_cause']} · point {row['disconnect_point']} · Q.850 {row['q850']}"
        recording = row.get("recording")
        recorded = f" · recorded {recording['seconds']:g} s" if isinstance(recording, Mapping) else ""
        rest = f"  {codes} · SIP {row['sip_status']}{recorded}"
        return [_what("CDR", "cyan"), (f"{way}  {talked}", "cyan"), (rest, "dim")]


def _who_is_who(cast: Mapping[str, str]) -> Sequence[str]:
    """The cast in lines of the rule's width; no name is parted from its number."""
    pairs = "  ".join(f"{name}\N{NO-BREAK SPACE}{number}" for name, number in cast.items()) or "nobody is cast"
    folded = textwrap.wrap(pairs, RULE_WIDTH, initial_indent="   ", subsequent_indent="   ")
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in folded]


def _api(row: Row) -> Line:
    good = _number(row["status"]) < 400
    style = "green" if good else "yellow"
    said = _said(str(row["answer"]))
    code = f" {row['result_code']} {said}".rstrip() if row["result_code"] else ""
    why = [(f"  {row['refusal']}", "dim")] if row["refusal"] else []
    operation = str(row["operation"] or f"{row['method']} {row['target']}")
    return [_what("API", "blue"), (f"{operation:<20} ", ""), (f"{row['status']}{code}", style), *why]


def _customer(row: Row) -> Line:
    """A request to the customer's own API."""
    good = row["status"] is not None and _number(row["status"]) < 400
    said = str(row["failure"] or row["status"])
    again = f"  asked {row['times']} times" if row["times"] != 1 else ""
    milliseconds = f"{float(str(row['wall_seconds'])) * 1000:.0f} ms"
    asks = [_what("asks", "blue"), (f"{row['request']}  ", "")]
    return [*asks, (said, "green" if good else "yellow"), (f"  {milliseconds}{again}", "dim")]


def _said(answer: str) -> str:
    """The platform's sentence in a JSON answer; empty when it is none."""
    try:
        parsed = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return ""
    (name,) = language()["x-answers"]["result_text"]
    return str(parsed.get(name, "")) if isinstance(parsed, dict) else ""


def _violation(row: Row) -> Line:
    return [_what("BUG", "bold red"), (f"{row.get('notification_kind')}: {row.get('violations')}", "red")]


def _talked(row: Row) -> str:
    answered, released = _text(row["answered_at"]), _text(row["released_at"])
    if answered is None or released is None:
        return "not connected"
    return f"talked {span((instant(released) - instant(answered)).total_seconds())}"


def _cause(code: object) -> str:
    return _of(hangup_causes(), code)


def _of(table: Mapping[int, Any], code: object) -> str:
    """A code with its words, where the table has it."""
    row = table.get(_number(code)) if code is not None else None
    return f"{code} {row.en} {row.zh}" if row else str(code)


def one_line(text: object) -> str:
    """The text of an SMS as it is shown: on one line, and not all of a long one."""
    shown = "".join(one if one.isprintable() else " " for one in " ".join(str(text).split()))
    return shown if len(shown) <= TEXT_WIDTH else f"{shown[: TEXT_WIDTH - 1]}…"


def _what(word: str, style: str) -> Piece:
    return f"{word:<6}", style


def _time(at: datetime) -> str:
    return f"{at:%m-%d %H:%M:%S}"


def _number(value: Any) -> int:
    return int(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
