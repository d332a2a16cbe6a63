"""The world a scenario is played in: a running simulator, reached over HTTP through its two ports.

The customer's side speaks to the platform's API, signed; the network, the clock and the journal are reached through
the control plane.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from simulator.client.client import ControlClient
from simulator.client.shapes import Call, Dialled, Message, Notification, Row
from simulator.delivery.signature import Scheme
from simulator.scenario.asking import Customer, Reply
from simulator.scenario.scene import Notice, SeenCall, Try, record_about
from simulator.scenario.together import TURN
from simulator.scenario.waiting import TooLate, cut
from simulator.scenario.watching import CDR_ROW
from simulator.scenario.witness import Witness

PAGE = 1000
TERMINATE = "terminate"
RowWatcher = Callable[[Row], None]
JumpWatcher = Callable[[datetime, datetime], None]


class OutOfTime(Exception):
    """The wall time that a run may take is over."""


def instant(text: str) -> datetime:
    """An instant of the control plane's JSON."""
    return datetime.fromisoformat(text)


class World:
    """One application in one simulator. `wall_left` tells how many wall seconds the run still has."""

    def __init__(
        self, control: ControlClient, customer: Customer, app_key: str, wall_left: Callable[[], float] = lambda: 60
    ) -> None:
        self.app_key = app_key
        self.on_row: RowWatcher = lambda _: None
        self.on_jump: JumpWatcher = lambda _before, _after: None
        self.witness = Witness(customer.made)
        """What the customer did by itself."""
        self._control = control
        self._customer = customer
        self._wall_left = wall_left
        self._position = 0
        self._began = 0
        self.rows_lost = 0
        """Journal rows of this story, or beside it, that the simulator dropped before they were looked at."""
        self._first_sent: dict[str, int] = {}
        self._dialled: dict[str, dict[str, object]] = {}

    def remarks(self) -> Sequence[str]:
        """What this world could not see of the story."""
        if not self.rows_lost:
            return ()
        more = "give the simulator a larger journal (store_max_rows, store_max_bytes)"
        return (f"{self.rows_lost} journal rows were dropped before they were read; {more}",)

    async def enter(self) -> None:
        """Begin to look from now on: what the journal has already is another story's."""
        self._position = (await self._control.journal(limit=1))["last_position"]
        self._began = self._position

    async def ask(self, operation: str, words: Mapping[str, object], scheme: Scheme) -> Reply:
        """One request to the platform's API; where it ends a call, what that pushes has been sent when this returns."""
        reply = await self._customer.ask(operation, words, scheme)
        if operation == TERMINATE:
            await self.advance(0)
        return reply

    async def download(self, address: str) -> Reply:
        """What a recording's address serves."""
        return await self._customer.download(address)

    async def dial(self, call: Mapping[str, object]) -> Dialled:
        """Play a call; raises ControlError when it is none that can be played."""
        dialled = await self._control.dial({"app_key": self.app_key, **call})
        self._dialled[dialled["call_id"]] = {member: call[member] for member in ("caller", "dialled")}
        return dialled

    async def send_sms(self, sms: Mapping[str, object]) -> Message:
        """Play an SMS; raises ControlError when it is none that can be played."""
        return await self._control.send_sms({"app_key": self.app_key, **sms})

    async def release(self, call_id: str, by: str | None = None) -> None:
        """Hang a call up; what that pushes has been sent when this returns, so that nothing overtakes it."""
        await self._control.release(call_id, by or "callee")
        await self.advance(0)

    async def change_numbers(self, numbers: Sequence[str] | None, state: str, cause: int | None) -> None:
        """Put X numbers, or all of the application, into a state of the console."""
        await self._control.change_numbers(self.app_key, numbers, state, cause)

    async def change_arrears(self, *, arrears: bool) -> None:
        """The application's account owes, or has paid."""
        await self._control.change_arrears(self.app_key, arrears=arrears)

    def sent_so_far(self) -> int:
        """How many notifications have been sent a first time."""
        return len(self._first_sent)

    async def set_faults(self, rules: Sequence[Mapping[str, object]]) -> None:
        """From now on exactly these notifications are wrong on purpose."""
        await self._control.set_faults(self.app_key, rules)

    async def call(self, call_id: str) -> Call:
        """A call with what came of it so far."""
        return await self._control.call(call_id)

    async def next_deadline_at(self) -> datetime | None:
        """When something falls due by itself."""
        deadline = (await self._control.clock())["next_deadline_at"]
        return instant(deadline) if deadline else None

    async def now(self) -> datetime:
        """The story's instant."""
        return instant((await self._control.clock())["now"])

    async def advance(self, seconds: float) -> datetime:
        """Let story time pass and every attempt that begins end; 0 only waits. Raises OutOfTime."""
        return await self._advance(seconds, await self.now() if seconds else None)

    async def _advance(self, seconds: float, before: datetime | None) -> datetime:
        """Within an optional step only to its end; where steps go on together the clock goes when all of them wait."""
        if before is None:  # nothing but a look: whoever asks for no time need not know what time it is
            return await self._move(0, None)
        after = _later(before, seconds)
        at = cut(after)
        turn = TURN.get()
        if turn is not None and seconds > 0:
            now = await turn.until(at)
        else:
            now = await self._move(max((at - before).total_seconds(), 0), before)
        if at < after:
            raise TooLate
        return now

    async def _move(self, seconds: float, before: datetime | None) -> datetime:
        left = self._wall_left()
        if left <= 0:
            raise OutOfTime
        moved = await self._control.advance(seconds, wall_seconds=left)
        if seconds and before is not None:
            self.on_jump(before, instant(moved["now"]))
        await self.look()
        if not moved["reached"]:
            raise OutOfTime
        return instant(moved["now"])

    async def advance_to(self, at: datetime) -> datetime:
        """Go on to an instant; where the clock is past it, only wait for what is under way."""
        now = await self.now()
        return await self._advance(max(at - now, timedelta()).total_seconds(), now)

    async def toward(self, at: datetime) -> None:
        """Go on to an instant; where steps go on together, only until anything has happened."""
        turn = TURN.get()
        if turn is None:
            await self.advance_to(at)
        elif await turn.look(cut(at)) >= cut(at) < at:
            raise TooLate

    async def go_on(self, limit: datetime) -> bool:
        """Go on to the next deadline; true when no more will happen up to `limit`, and the clock has stood still."""
        deadline = await self.next_deadline_at()
        if TURN.get() is not None:  # another list may act at any instant until then
            await self.toward(min(deadline or limit, limit))
            return await self.now() >= limit
        final = deadline is None or deadline > limit
        await self.advance_to(deadline if deadline and not final else await self.now())
        return final

    async def look(self) -> None:
        """Read what the journal has got since the last look, and pass it on."""
        while True:
            page = await self._control.journal(after=self._position, limit=PAGE, app_key=self.app_key)
            lost = page["dropped"] - self._position  # those that are dropped are the oldest: so many at least
            if lost > 0:
                self.rows_lost += lost
                self._position += lost
            for row in page["rows"]:
                self._note(row)
                if row["kind"] == "call_event" and row.get("event") == "released":
                    await self._tell_cdr(row)
            if len(page["rows"]) < PAGE:
                return

    async def seen(self, name: str, call_id: str) -> SeenCall:
        """What is known of a call and of the notifications about it."""
        call = await self.call(call_id)
        told = await self._control.notifications(call_id=call_id, limit=PAGE)
        sent = sorted((one for one in told if one["attempts"]), key=self._order)
        causes = [event["hangup_cause"] for event in call["events"] if "hangup_cause" in event]
        return SeenCall(
            name=name,
            session_id=call["session_id"],
            state=call["state"],
            hangup_cause=causes[-1] if causes else None,
            notices=tuple(self._notice(one, call["session_id"]) for one in sent),
            began_at=instant(call["events"][0]["at"]) if call["events"] else None,
        )

    async def seen_number(self, name: str, number: str, since: int) -> SeenCall:
        """What was told of an X number after the first `since` notifications of the story."""
        told = await self._control.notifications(number=number, app_key=self.app_key, limit=PAGE)
        sent = sorted((one for one in told if one["attempts"]), key=self._order)
        news = (one for one in sent if self._first_sent.get(one["notification_id"], since) >= since)
        states = {one["number"]: one["state"] for one in await self._control.numbers(self.app_key)}
        notices = tuple(self._notice(one, number) for one in news)
        return SeenCall(name, number, states.get(number, "unknown"), None, notices)

    async def seen_sms(self, name: str, message_id: str) -> SeenCall:
        """What is known of an SMS and of the notifications about it."""
        sms = await self._control.message(message_id)
        told = await self._control.notifications(message_id=message_id, limit=PAGE)
        sent = sorted((one for one in told if one["attempts"]), key=self._order)
        notices = tuple(self._notice(one, sms["sms_id"]) for one in sent)
        began_at = instant(sms["arrived_at"])
        return SeenCall(name, sms["sms_id"], sms["state"], None, notices, sms["send_result"], began_at)

    async def await_asked(self, seconds: float) -> None:
        """Until the platform is asked something more, in wall time; at most so long."""
        count, match = self.witness.seen_requests + 1, {"kind": "api_request", "app_key": self.app_key}
        left = max(0.0, min(seconds, self._wall_left()))
        await self._control.wait(match, count=count, timeout_seconds=left, after=self._began)
        await self.look()

    def _notice(self, told: Notification, session_id: str) -> Notice:
        tries = tuple(
            Try(one["number"], one["acknowledged"], one["reason"], one["remark"])
            for one in told["attempts"]
            if one["ended_at"] is not None
        )
        record = record_about(told["body"], session_id)
        began, place = self._order(told)
        return Notice(
            told["kind"], told["delivery_id"], told["state"], tries, record, told["body"], instant(began), place
        )

    def _order(self, told: Notification) -> tuple[str, int]:
        """First attempts in their order: by instant, at one instant as the journal has them."""
        return told["attempts"][0]["started_at"], self._first_sent.get(told["notification_id"], 0)

    async def _tell_cdr(self, released: Row) -> None:
        """A call's CDR, told like a row of the journal."""
        call = await self.call(str(released["call_id"]))
        if call["cdr"] is not None:
            shared = {member: released[member] for member in ("at", "app_key", "call_id")}
            self.on_row({"kind": CDR_ROW, **shared, **call["cdr"], "recording": call["recording"]})

    def _note(self, row: Row) -> None:
        self._position = _whole(row["position"])
        self.witness.row(row)
        if row["kind"] == "attempt_started":
            for notification_id in _texts(row["notification_ids"]):
                self._first_sent.setdefault(notification_id, len(self._first_sent))
        who = self._dialled.get(str(row["call_id"]), {}) if row["kind"] == "call_event" else {}
        self.on_row({**row, **who})


def _whole(value: Any) -> int:
    return int(value)


def _texts(value: Any) -> Sequence[str]:
    return [str(one) for one in value]


def _later(at: datetime, seconds: float) -> datetime:
    """So much later; beyond the calendar its end, which the clock refuses with the most it takes."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=at.tzinfo)
