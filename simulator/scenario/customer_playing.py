"""Plays what a scenario has with the customer: requests to its own API, waiting for its requests, probing what it counted.

All of it is wall time; the clock stands meanwhile (semantics: in `run`).
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson

from simulator.clock import wall
from simulator.config.values import ProbeConfig
from simulator.contract.operations import operations_of
from simulator.exchange.rows import instant as shown_instant
from simulator.scenario.asking import Reply
from simulator.scenario.customer_api import CustomerApi, NoCustomer
from simulator.scenario.customer_language import AskCustomer, Asking, AwaitRequest, Probe
from simulator.scenario.demands import Sight, demand_findings
from simulator.scenario.language import Expect, Scenario, span
from simulator.scenario.saying import said, text
from simulator.scenario.scene import MISSING, SeenCall, dig
from simulator.scenario.unexpected import Expected, answer_findings, request_findings
from simulator.scenario.verdict import Finding, Standing, times
from simulator.scenario.wanting import (
    Came,
    nearest_request,
    request_differences,
    shortened,
    sought_text,
)
from simulator.scenario.wanting import answer_findings as judged
from simulator.scenario.witness import Reaction, Request
from simulator.scenario.world import World

CUSTOMER_ROW = "customer_request"
"""The kind of the rows that tell of requests to the customer's own API."""
PROBE_PAUSE_SECONDS = 0.05
Seen = Callable[[str], Awaitable[SeenCall]]
"""What is known by now of a call, SMS or X number, by its name."""
PROBE_ANSWER_SECONDS = 5.0


class StepWrong(Exception):
    """A step that did not come out as it should: a sentence, or findings."""

    def __init__(self, sentence: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.findings = tuple(findings)


@dataclass(slots=True)
class Names:
    """What a scenario's names stand for as of now, by what they name."""

    cast: MutableMapping[str, str]
    bindings: MutableMapping[str, str]
    calls: dict[str, str]
    """The session ids of calls."""
    ids: MutableMapping[str, str]

    def look(self, name: object) -> Any:
        """What a name stands for; itself where it stands for nothing."""
        if not isinstance(name, str):
            return name
        tables: tuple[Mapping[str, Any], ...] = (self.cast, self.bindings, self.ids)
        return next((table[name] for table in tables if name in table), name)


@dataclass(frozen=True, slots=True)
class CustomerSeat:
    """The customer of one scenario: its own API, how it says what it counted, and how it reaches the platform."""

    api: CustomerApi
    probe: ProbeConfig | None = None
    platform: Mapping[str, str] = field(default_factory=dict)


class CustomerPlaying:
    """The customer's part of one scenario under way."""

    def __init__(self, scenario: Scenario, world: World, seat: CustomerSeat, names: Names) -> None:
        self.unprobed = 0
        """Probe steps that were not judged, since the customer has no probe."""
        self._scenario = scenario
        self._world = world
        self._seat = seat
        self._names = names
        self.expected = Expected(scenario)
        """Which notifications may stay unacknowledged."""
        self._operations = operations_of(scenario.mode)
        self._refusals_seen = 0

    def news(self) -> Sequence[Reaction]:
        """The answers that came since it was last asked and are no acknowledgements."""
        refusals = self._world.witness.refusals
        news, self._refusals_seen = refusals[self._refusals_seen :], len(refusals)
        return news

    def unexpected_answers(self, reactions: Sequence[Reaction]) -> tuple[Finding, ...]:
        """Those among them that no step expects."""
        return answer_findings(reactions, self.expected)

    def unexpected_requests(self) -> tuple[Finding, ...]:
        """What the customer asked the platform and no step is about."""
        return request_findings(self._world.witness.requests, self._scenario)

    async def ask(self, step: AskCustomer) -> Any:
        """A request, until it is answered as it should be; answers the JSON of the answer."""
        ends_at, asked = wall.monotonic() + step.within_seconds, 0
        while True:
            came, asked = await self._ask(step), asked + 1
            wrong = judged(step.until or step.expected, came, self._names.look, success=True)
            if not wrong or step.until is None or wall.monotonic() + step.every_seconds > ends_at:
                break
            await wall.sleep(step.every_seconds)
        await self._tell(step, came, asked)
        if wrong:
            waited = f"asked {times(asked)} within {span(step.within_seconds)}, the last time:" if step.until else ""
            raise StepWrong(waited, _in_full(wrong, came))
        return _json(came.body)

    async def _ask(self, step: AskCustomer) -> Came:
        def quoted(value: str) -> str:
            return quote(value, safe="")

        address = step.url or str(text(step.path or "/", self._look, quoted))
        headers = {name: str(text(value, self._look)) for name, value in step.headers.items()}
        body = said(step.body, self._look) if step.has_body else None
        try:
            return await self._seat.api.ask(step.method, address, headers, body, step.timeout_seconds)
        except (NoCustomer, ValueError) as error:
            raise StepWrong(str(error)) from None

    def _look(self, name: str) -> Any:
        found = self._names.look(name)
        return self._seat.platform.get(name, name) if found == name else found

    async def _tell(self, step: AskCustomer, came: Came, asked: int) -> None:
        """A row for those who watch."""
        shared = {"at": shown_instant(await self._world.now()), "app_key": self._world.app_key, "call_id": None}
        about = {"request": came.what, "status": came.status, "failure": came.failure, "times": asked}
        sent = orjson.dumps(said(step.body, self._names.look)).decode() if step.has_body else ""
        answer = {"wall_seconds": came.wall_seconds, "body": sent, "answer": came.body}
        self._world.on_row({"kind": CUSTOMER_ROW, **shared, **about, **answer})

    async def await_request(self, step: AwaitRequest) -> Reply:
        """Until the customer asks this; answers what the platform said to it."""
        ends_at = wall.monotonic() + step.within_seconds
        while (found := self._sought(step.asking)) is None:
            left = ends_at - wall.monotonic()
            if left <= 0:
                raise StepWrong(findings=[self._never_asked(step)])
            await self._world.await_asked(left)
        found.taken = True
        return Reply(found.status, found.answer)

    def _sought(self, asking: Asking) -> Request | None:
        return next((one for one in self._fitting(asking) if not one.taken), None)

    def _fitting(self, asking: Asking) -> list[Request]:
        operation, look = self._operations[asking.operation], self._names.look
        requests = self._world.witness.requests
        return [one for one in requests if not request_differences(asking, operation, one, look)]

    def _never_asked(self, step: AwaitRequest) -> Finding:
        requests, look = self._world.witness.requests, self._names.look
        near = nearest_request(step.asking, self._operations[step.asking.operation], requests, look)
        got = f"{len(requests)} other requests" if requests else "no request to the platform"
        expected = f"the customer asks {sought_text(step.asking, look)} within {span(step.within_seconds)} (wall time)"
        return Finding(Standing.BROKEN, expected, got, near)

    async def probe(self, step: Probe) -> Any:
        """What the customer counted, asked until it is right, and answered; not judged where it has no probe."""
        where = self._seat.probe
        if where is None or self._seat.api.base is None:
            self.unprobed += 1
            return {}
        session = self._names.calls[step.of or next(reversed(self._names.calls))]
        path = where.path.replace("{session_id}", quote(session, safe=""))
        ends_at = wall.monotonic() + step.within_seconds
        while True:
            came = await self._seat.api.ask("GET", path, {}, None, PROBE_ANSWER_SECONDS)
            wrong = _miscounted(step, where, came)
            if not wrong or wall.monotonic() + PROBE_PAUSE_SECONDS > ends_at:
                break
            await wall.sleep(PROBE_PAUSE_SECONDS)
        if wrong:
            raise StepWrong(findings=_in_full(wrong, came))
        return _json(came.body)

    async def demanded(
        self, expect: Expect, calls: Sequence[SeenCall], seen: Seen, at: datetime, *, final: bool
    ) -> list[Finding]:
        """What of an expectation's demands is not met; what it is about is no longer unexpected."""
        demands, witness = expect.demands, self._world.witness
        if demands is None:
            return []
        named = {name: await seen(name) for name, _ in demands.in_order}
        now = await self._world.now()
        sight = Sight(at, now, self._names.look, witness.reaction, witness.requests, self._operations, named)
        findings = demand_findings(demands, calls, sight, final=final)
        for asking in demands.asked:
            for request in self._fitting(asking) if asking.count != 0 else ():
                request.taken = True
        return findings


def _miscounted(step: Probe, where: ProbeConfig, came: Came) -> list[Finding]:
    if came.failure or not 200 <= (came.status or 0) < 300:
        return [Finding(Standing.BROKEN, f"{came.what} answered 200 to 299", came.shown)]
    value, findings = _json(came.body), []
    for path, wanted in _counted(step, where):
        got = dig(value, path)
        got = 0 if got is MISSING and wanted == 0 else got
        if got != wanted:
            findings.append(Finding(Standing.BROKEN, f"{path} = {wanted!r} counted by the customer", repr(got)))
    return findings


def _counted(step: Probe, where: ProbeConfig) -> list[tuple[str, object]]:
    """Where what is wanted stands in the customer's answer."""
    pairs: list[tuple[str, object]] = []
    for word, wanted in step.counted.items():
        path = getattr(where, word)
        if isinstance(wanted, Mapping):
            pairs += [(f"{path}.{kind}", count) for kind, count in wanted.items()]
        else:
            pairs.append((path, wanted))
    return pairs


def _in_full(findings: Sequence[Finding], came: Came) -> list[Finding]:
    """The last finding shows the whole answer, where none before it does."""
    *others, last = findings
    shown = f"{came.what} answered {came.status} {shortened(came.body)}"
    if came.failure or came.shown in (one.got for one in findings):
        return list(findings)
    nearest = "; ".join(part for part in (last.nearest, shown) if part)
    return [*others, Finding(last.standing, last.expected, last.got, nearest)]


def _json(body: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
