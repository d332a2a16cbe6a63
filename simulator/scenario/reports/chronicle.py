"""What happened in a scenario as rungs of a ladder between caller, platform, callee and receiver.

A watcher collects them; `ladder.py` draws them as text, `drawing.py` as SVG, and the HTML report shows their bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.client.shapes import Row
from simulator.contract.codes import hangup_causes
from simulator.contract.send_results import send_results
from simulator.scenario.customer_playing import CUSTOMER_ROW
from simulator.scenario.judging import telling
from simulator.scenario.language import span
from simulator.scenario.results import Result
from simulator.scenario.watching import Opening
from simulator.scenario.world import instant

CALLER, PLATFORM, CALLEE, RECEIVER = LANES = ("caller", "platform", "callee", "receiver")
"""Who stands on the ladder, from left to right; the customer asks from where it is told."""

RUNGS_KEPT = 2_000
"""Of a longer scenario the first so many are drawn, and how many more there were is said."""

WORTH_A_GAP = 60
"""Seconds between two rungs that are worth a line of their own."""

GOOD, BAD, CALL, QUIET = "good", "bad", "call", "quiet"

BY = {"caller": CALLER, "callee": CALLEE}


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the ladder: an arrow from `source` to `target`, or, where both are the same, a note.

    `tone` is good, bad, call or quiet; `sent` and `got` are the bytes of an exchange as text.
    """

    at: datetime | None
    source: str
    target: str
    text: str
    tone: str
    sent: str = ""
    got: str = ""


@dataclass(slots=True)
class Chapter:
    """One scenario: how it began, what happened, how it ended; `names` are what it calls its numbers."""

    opening: Opening | None = None
    rungs: list[Rung] = field(default_factory=list)
    left_out: int = 0
    names: dict[str, str] = field(default_factory=dict)
    result: Result | None = None

    def add(self, rung: Rung) -> None:
        """One more, while there is room; before it a gap, where much time has passed since the one before."""
        before = self.rungs[-1].at if self.rungs else None
        if len(self.rungs) >= RUNGS_KEPT:
            self.left_out += 1
            return
        if (
            before is not None
            and rung.at is not None
            and (seconds := (rung.at - before).total_seconds()) >= WORTH_A_GAP
        ):
            self.rungs.append(Rung(None, PLATFORM, PLATFORM, f"{span(round(seconds, 3))} pass", QUIET))
        self.rungs.append(rung)

    def name(self, number: object) -> str:
        """What the scenario calls a number."""
        return self.names.get(str(number), str(number))


class Chronicle:
    """A watcher that keeps a chapter a scenario and hands each over when it has ended; `finished` is told at the end."""

    def __init__(self, ended: Callable[[Chapter], object], finished: Callable[[], object] = lambda: None) -> None:
        self._ended = ended
        self._finished = finished
        self._chapter = Chapter()
        self._sent: dict[tuple[str, int], Row] = {}
        self._rungs: Mapping[str, Callable[[Row], Rung | None]] = {
            "api_request": self._asked,
            "call_event": self._call_event,
            "message_event": self._message_event,
            "attempt_started": self._started,
            "attempt_ended": self._told,
            "decided": self._decided,
            CUSTOMER_ROW: self._customer,
        }

    def begin(self, opening: Opening) -> None:
        """A new chapter."""
        self._chapter = Chapter(opening, names={number: name for name, number in opening.cast.items()})
        self._sent.clear()

    def named(self, name: str, number: str) -> None:
        """A number has a name from now on."""
        self._chapter.names[number] = name

    def row(self, row: Row) -> None:
        """A rung for a row that belongs on the ladder."""
        rung = self._rungs[str(row["kind"])](row) if row["kind"] in self._rungs else None
        if rung is not None:
            self._chapter.add(rung)

    def jump(self, before: datetime, after: datetime) -> None:
        """Nothing: the rungs have their times."""

    def end(self, result: Result) -> None:
        """The chapter is complete."""
        if self._chapter.result is not None:  # a scenario that was not played at all had no beginning
            self._chapter = Chapter()
        self._chapter.result = result
        self._ended(self._chapter)

    def finish(self, results: Sequence[Result]) -> None:
        """The last chapter is written."""
        del results  # every chapter has its own
        self._finished()

    def _asked(self, row: Row) -> Rung:
        good = int(_any(row["status"])) < 400
        operation = row["operation"] or f"{row['method']} {row['target']}"
        code = f" {row['result_code']}" if row["result_code"] and not good else ""
        sent = _message(f"{row['method']} {row['target']}", row["headers"], row["body"])
        got = f"{row['status']}\n\n{row['answer']}"
        return Rung(_at(row), RECEIVER, PLATFORM, f"{operation}  {row['status']}{code}", _tone(good), sent, got)

    def _call_event(self, row: Row) -> Rung | None:
        at, event = _at(row), row["event"]
        if event == "dialled":
            return Rung(at, CALLER, PLATFORM, f"dials {self._chapter.name(row.get('dialled', 'X'))}", CALL)
        if event == "collected":
            return Rung(at, CALLER, PLATFORM, "keys digits", CALL)
        if event == "forwarded":
            return Rung(at, PLATFORM, CALLEE, "forwards", CALL)
        if event in ("alerted", "answered"):
            return Rung(at, CALLEE, PLATFORM, "rings" if event == "alerted" else "answers", CALL)
        return _released(at, row)

    def _message_event(self, row: Row) -> Rung:
        """Somebody writes to X; the SMS goes on to who gets it, or nowhere."""
        if row["event"] == "arrived":
            return Rung(_at(row), CALLER, PLATFORM, f"SMS to {self._chapter.name(row['x_number'])}", CALL)
        code = int(_any(row["send_result"]))
        known = send_results().get(code)
        if row.get("destination"):
            return Rung(_at(row), PLATFORM, CALLEE, "SMS" if not code else f"SMS {code}", CALL)
        meaning = f" {known.en} {known.zh}" if known else ""
        return Rung(_at(row), PLATFORM, PLATFORM, f"no SMS: {code}{meaning}", BAD)

    def _started(self, row: Row) -> None:
        self._sent[str(row["delivery_id"]), int(_any(row["number"]))] = row

    def _told(self, row: Row) -> Rung:
        number = int(_any(row["number"]))
        started = self._sent.pop((str(row["delivery_id"]), number), None)
        good = bool(row["acknowledged"])
        answered = str(row["status"] if "status" in row else row["reason"])
        many = len(telling(str(started["body"]).encode())) if started is not None else 1
        kind = f"{row['notification_kind']}{f' ×{many}' if many > 1 else ''}"
        again = f", attempt {number}" if number > 1 else ""
        sent = "" if started is None else _message(f"POST {started['url']}", started["headers"], started["body"])
        got = "\n\n".join(str(part) for part in (row["reason"], row.get("answer")) if part)
        return Rung(_at(row), PLATFORM, RECEIVER, f"{kind}  {answered}{again}", _tone(good), sent, got)

    def _customer(self, row: Row) -> Rung:
        """A request to the customer's own API: the customer's alone, none of the platform's."""
        good = row["status"] is not None and int(_any(row["status"])) < 400
        said = str(row["failure"] or row["status"])
        sent = f"{row['request']}\n\n{row['body']}"
        return Rung(
            _at(row), RECEIVER, RECEIVER, f"{row['request']}  {said}", _tone(good), sent, f"{said}\n\n{row['answer']}"
        )

    def _decided(self, row: Row) -> Rung:
        if row["decision"] is None:
            return Rung(_at(row), RECEIVER, PLATFORM, "no decision", BAD, got=str(row["problem"]))
        whom = row.get("callee") or row.get("destination")
        to = f" to {self._chapter.name(whom)}" if whom else ""
        return Rung(_at(row), RECEIVER, PLATFORM, f"{row['decision']}{to}", CALL)


def _released(at: datetime, row: Row) -> Rung:
    cause = int(_any(row["hangup_cause"]))
    known = hangup_causes().get(cause)
    by, tone = BY.get(str(row["released_by"]), PLATFORM), BAD if cause else CALL
    meaning = f"{known.en} {known.zh}" if known else ""
    if by == PLATFORM:
        return Rung(at, PLATFORM, PLATFORM, f"released {cause} {meaning}", tone)
    return Rung(at, by, PLATFORM, f"hangs up {cause}", tone, got=meaning)


def _message(first: str, headers: object, body: object) -> str:
    """An HTTP message as a person reads it."""
    lines = [f"{name}: {value}" for name, value in _any(headers)]
    return "\n".join((first, *lines, "", str(body)))


def _tone(good: bool) -> str:  # noqa: FBT001 - the one question there is
    return GOOD if good else BAD


def _at(row: Row) -> datetime:
    return instant(str(row["at"]))


def _any(value: object) -> Any:
    """A member of a row, whose type its kind of row decides."""
    return value
