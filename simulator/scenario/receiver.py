"""The sample customer server: takes notifications, checks them, remembers them, and can be told to misbehave.

POST on any path below its address; an empty 200 unless its behaviour says otherwise (notifications.md 1.2). A call that
is put to it is decided, by default to be closed (notifications.md 2.7); an SMS by default to be discarded (4.3).
`GET /probe/{session_id}` says what it counted.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Self

import orjson
from aiohttp import web

from simulator.clock.wall import sleep
from simulator.contract.decisions import asks
from simulator.contract.messages import BLOCK
from simulator.contract.sms_decisions import written
from simulator.scenario.asking import Credentials
from simulator.scenario.counting import Counting
from simulator.scenario.deciding import close
from simulator.scenario.judging import Judged, judge, mark_of
from simulator.scenario.language import Behaviour, SmsAnswer

REMEMBERED = 1000
BODY_LIMIT = 1024 * 1024
GARBAGE = b"HTTQ/9.9 maybe fine\x00\r\nno header here\r\n\r\n"
DEFAULT_FAILURE = 500
CALLIN = "callin"
PROBE = "/probe/"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request that came, what is to be said of it, and what was done with it: a status, or a misbehaviour."""

    number: int
    at: datetime
    path: str
    body: bytes
    judged: Judged
    answered: str


class SampleReceiver:
    """The server; an async context manager that listens while it is entered. `arrivals` keeps the latest ones."""

    def __init__(
        self,
        credentials: Credentials | None,
        wall_now: Callable[[], datetime],
        behaviour: Behaviour | None = None,
        *,
        address: tuple[str, int] = ("127.0.0.1", 0),
        told: Callable[[Arrival], None] = lambda _: None,
        mode: str | None = None,
    ) -> None:
        self._credentials = credentials
        self._wall_now = wall_now
        self._mode = mode
        self._behaviour = _explicit(behaviour or Behaviour())
        self._address = address
        self._told = told
        self._stopping = asyncio.Event()
        self._times: Counter[bytes] = Counter()
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        self.url = ""
        """Its address without a path, once it listens."""
        self.arrivals: deque[Arrival] = deque(maxlen=REMEMBERED)
        self.count = 0
        self._complaints: list[tuple[str, str]] = []
        self._counting = Counting(self._behaviour, wall_now)

    @property
    def complaints(self) -> list[str]:
        """What was wrong with what came; the first ones."""
        return [complaint for _, complaint in self._complaints]

    def complaints_except(self, marks: Collection[str]) -> list[str]:
        """Those about other requests than these, which were wrong on purpose (`judging.mark_of`)."""
        return [complaint for mark, complaint in self._complaints if mark not in marks]

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        host, port = self._address
        await web.TCPSite(self._runner, host, port).start()
        port = self._runner.addresses[0][1]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET" and request.path.startswith(PROBE):
            return self._probed(request.path.removeprefix(PROBE))
        if request.method != "POST":
            return web.Response(status=405, text="notifications are POSTed\n", headers={"Allow": "POST"})
        try:
            body = await _limited(request)
        except ConnectionError:  # its sender hung up: nothing came that could be judged, and nobody is there to be told
            return web.Response(status=400)
        if body is None:
            return web.Response(status=413)
        judged = judge(request.path, request.headers, body, self._credentials, self._mode)
        behaviour = self._careful(judged, request, self._now(body))
        self._remember(request, body, judged, name_of(behaviour))
        return await self._behave(request, behaviour, decision_on(judged, body, behaviour))

    def _careful(self, judged: Judged, request: web.BaseRequest, behaviour: Behaviour) -> Behaviour:
        """How it behaves to this request: a careful one refuses what is wrong; what is taken counts."""
        refusal = self._counting.refusal(judged, request.headers) if behaviour.careful else None
        if refusal is not None:
            return replace(behaviour, answer=refusal)
        if name_of(behaviour) == "200":
            self._counting.take(judged)
        return behaviour

    def _probed(self, session_id: str) -> web.Response:
        """What was counted about a call (the probe contract of the README)."""
        count = self._counting.of(session_id)
        if count is None:
            return web.json_response({"events": {}, "cdrs": 0, "state": None, "hangup_cause": None})
        return web.json_response(count.as_json())

    def _now(self, body: bytes) -> Behaviour:
        """How to behave this time: a message that came often enough is answered well."""
        behaviour = self._behaviour
        if behaviour.fail_first is None:
            return behaviour
        key = sha256(body).digest()
        self._times[key] += 1
        return behaviour if self._times[key] <= behaviour.fail_first else _well(behaviour)

    def _remember(self, request: web.BaseRequest, body: bytes, judged: Judged, answered: str) -> None:
        self.count += 1
        arrival = Arrival(self.count, self._wall_now(), request.path, body, judged, answered)
        self.arrivals.append(arrival)
        if judged.complaints and len(self._complaints) < REMEMBERED:
            mark = mark_of(request.headers.items(), body)
            self._complaints += [(mark, f"{judged.kind}: {complaint}") for complaint in judged.complaints]
        self._told(arrival)

    async def _behave(
        self, request: web.BaseRequest, behaviour: Behaviour, decision: bytes | None
    ) -> web.StreamResponse:
        if behaviour.delay_seconds:
            await self._pause(behaviour.delay_seconds)
        if behaviour.hang:
            await self._stopping.wait()
        if behaviour.garbage and request.transport is not None:
            request.transport.write(GARBAGE)
        if (behaviour.garbage or behaviour.cut or behaviour.hang) and request.transport is not None:
            request.transport.close()
        return _response(behaviour, decision)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than this server lives."""
        waits = [asyncio.ensure_future(sleep(seconds)), asyncio.ensure_future(self._stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def _response(behaviour: Behaviour, decision: bytes | None) -> web.Response:
    status = behaviour.answer or 200
    if decision is not None and status == 200:
        return web.Response(body=decision, content_type="application/json", charset="utf-8")
    headers = {"Location": "/elsewhere"} if 300 <= status < 400 else {}
    return web.Response(status=status, headers=headers)


def decision_on(judged: Judged, body: bytes, behaviour: Behaviour) -> bytes | None:
    """What a notification is answered that must be answered with a decision; None for every other one."""
    if judged.kind == CALLIN and asks(orjson.loads(body)):
        return close() if behaviour.decision is None else behaviour.decision
    if judged.kind == BLOCK:
        said = SmsAnswer() if behaviour.sms_decision is None else behaviour.sms_decision
        return said if isinstance(said, bytes) else written(said.destination, said.user_data, orjson.loads(body))
    return None


def _well(behaviour: Behaviour) -> Behaviour:
    """The behaviour of one that has misbehaved often enough."""
    kept = {"careful": behaviour.careful, "naive": behaviour.naive}
    return Behaviour(decision=behaviour.decision, sms_decision=behaviour.sms_decision, **kept)  # type: ignore[arg-type]  # as they were


def _explicit(behaviour: Behaviour) -> Behaviour:
    """A receiver that fails the first times without being told how answers 500."""
    told = behaviour.answer or behaviour.hang or behaviour.cut or behaviour.garbage or behaviour.delay_seconds
    return behaviour if told or behaviour.fail_first is None else replace(behaviour, answer=DEFAULT_FAILURE)


def name_of(behaviour: Behaviour) -> str:
    """What it does with a request: `hang`, `cut`, `garbage`, or the status it answers."""
    words = (word for word in ("hang", "cut", "garbage") if getattr(behaviour, word))
    return next(words, str(behaviour.answer or 200))


async def _limited(request: web.BaseRequest) -> bytes | None:
    """The body, or None when it is longer than the limit."""
    parts, length = [], 0
    async for part in request.content.iter_any():
        parts.append(part)
        length += len(part)
        if length > BODY_LIMIT:
            return None
    return b"".join(parts)
