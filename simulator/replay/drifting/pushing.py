"""How each message was pushed and pushed again, against the schedules of the profile (notifications.md 1.2, 1.3, 3)."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from simulator.contract.messages import BLOCK, NOTIFY
from simulator.contract.notifications import FEE
from simulator.contract.number_status import KIND as NUMBER_STATUS
from simulator.contract.profile import Profile
from simulator.contract.recognition import Message
from simulator.delivery.schedule import NEVER, Schedule
from simulator.replay.drifting.finding import Finding
from simulator.replay.drifting.settings import Seen
from simulator.replay.recorded import Recorded

MOST_PUSHES = 50_000
CLOSE = timedelta(seconds=20)
"""How far from its minute a retry may come: a platform looks at what is due every few seconds."""
OK = 200


@dataclass(slots=True)
class Pushed:
    """One message and the attempts at it."""

    kind: str
    asks: bool
    source: str
    failures: int = 0
    first_failed_at: datetime | None = None
    last_failed_at: datetime | None = None
    status: int | None = None
    acknowledged: bool = False
    again: int = 0


@dataclass(slots=True)
class Pushes:
    """The messages of a capture that may come again; the oldest is forgotten."""

    profile: Profile
    limit: int = MOST_PUSHES
    known: OrderedDict[object, Pushed] = field(default_factory=OrderedDict)
    last_at: datetime | None = None

    def attempt(self, recorded: Recorded, message: Message) -> tuple[bool, list[Finding | Seen]]:
        """Whether this message is new, and what its being pushed (again) says."""
        self.last_at = max(recorded.at, self.last_at or recorded.at)
        key = _key(recorded, message)
        pushed = self.known.get(key)
        is_new = pushed is None or (
            message.kind == NUMBER_STATUS and pushed.acknowledged and not recorded.notification_id
        )
        found: list[Finding | Seen] = []
        if pushed is None or is_new:
            pushed = self.known[key] = Pushed(message.kind, message.asks, recorded.source)
        else:
            found = list(self._again(pushed, recorded.at))
        self.known.move_to_end(key)
        self._answered(pushed, recorded)
        while len(self.known) > self.limit:
            self.known.popitem(last=False)
        return is_new, found

    def end(self) -> Iterator[tuple[Finding | Seen, str]]:
        """Failed messages that should have come again while the capture was still on."""
        for pushed in self.known.values():
            due = self._due(pushed, self._schedule(pushed))
            waited = due is not None and self.last_at is not None and self.last_at > due + 3 * CLOSE
            if pushed.asks or pushed.acknowledged:
                continue
            if waited:
                words = (
                    f"failed ({_answer(pushed)}) and not pushed again, though the capture goes on long after it was due"
                )
                yield (
                    Finding("not_pushed_again", f"push.{pushed.kind}", _answer(pushed), words, timing=True),
                    pushed.source,
                )

    def _again(self, pushed: Pushed, at: datetime) -> Iterator[Finding | Seen]:
        path, kind = f"push.{pushed.kind}", pushed.kind
        pushed.again += 1
        if pushed.acknowledged and not pushed.asks:
            if pushed.status == OK:
                words = "a message that was answered with 200 came again; the contract ends with the first 200"
                yield Finding("pushed_again_after_success", path, f"{kind}, answered {pushed.status}", words)
            else:
                rest = tuple(status for status in self.profile.success_statuses if status != pushed.status)
                yield Seen("success_statuses", rest, fits=False, example=f"{kind} came again after {pushed.status}")
            return
        if pushed.status is not None and pushed.status // 100 == 2 and not pushed.asks:
            yield Seen(
                "success_statuses",
                self.profile.success_statuses,
                fits=True,
                example=f"came again after {pushed.status}",
            )
        if pushed.first_failed_at is not None and pushed.last_failed_at is not None:
            yield from self._timed(pushed, at, path)

    def _timed(self, pushed: Pushed, at: datetime, path: str) -> Iterator[Finding | Seen]:
        name = self._schedule_setting(pushed)
        allowed = self._is_retried(pushed)
        if allowed is not None:
            setting, ours = allowed
            yield Seen(setting, value=True, fits=ours, example=f"{pushed.kind} came again")
            if not ours:
                return
        schedule = self._schedule(pushed)
        due, minutes = self._due(pushed, schedule), getattr(self.profile, name)
        if due is None:
            words = f"{pushed.failures} failed attempts, and yet another one; {name} has {len(minutes)}"
            yield Finding("too_many_retries", path, f"attempt {pushed.failures + 1}", words)
            return
        other = self._due(pushed, Schedule(minutes, successive=not schedule.successive))
        told = (
            f"attempt {pushed.failures + 1} of {pushed.kind}, {self._offset(pushed, at):.1f} min after the first failed"
        )
        if abs(at - due) <= CLOSE:
            yield Seen(name, minutes, fits=True, example=told, timing=True)
            if other is not None and abs(other - due) > 2 * CLOSE:
                yield Seen(
                    "retry_measured_from", self.profile.retry_measured_from, fits=True, example=told, timing=True
                )
        elif other is not None and abs(at - other) <= CLOSE:
            base = "first_failure" if schedule.successive else "previous_attempt"
            yield Seen("retry_measured_from", base, fits=False, example=told, timing=True)
        else:
            yield Seen(name, self._seen_minutes(pushed, at, minutes), fits=False, example=told, timing=True)

    def _seen_minutes(self, pushed: Pushed, at: datetime, minutes: tuple[float, ...]) -> tuple[float, ...]:
        place = pushed.failures - 1
        seen = round(self._offset(pushed, at), 1)
        return (*minutes[:place], int(seen) if seen == int(seen) else seen, *minutes[place + 1 :])

    def _offset(self, pushed: Pushed, at: datetime) -> float:
        successive = self.profile.retry_measured_from != "first_failure"
        since = pushed.last_failed_at if successive else pushed.first_failed_at
        return (at - (since or at)).total_seconds() / 60

    def _due(self, pushed: Pushed, schedule: Schedule) -> datetime | None:
        first, last = pushed.first_failed_at, pushed.last_failed_at
        return None if first is None or last is None else schedule.next_after(pushed.failures, first, last)

    def _schedule_setting(self, pushed: Pushed) -> str:
        return "sms_retry_minutes" if pushed.kind in (NOTIFY, BLOCK) else "retry_minutes"

    def _is_retried(self, pushed: Pushed) -> tuple[str, bool] | None:
        """The setting that says whether a kind is pushed again at all, where it has one."""
        if pushed.kind == NUMBER_STATUS:
            return "number_status_retried", self.profile.number_status_retried
        if pushed.asks and pushed.kind != BLOCK:
            return "x_callin_retried", self.profile.x_callin_retried
        return None

    def _schedule(self, pushed: Pushed) -> Schedule:
        allowed = self._is_retried(pushed)
        if allowed is not None and not allowed[1]:
            return NEVER
        minutes = getattr(self.profile, self._schedule_setting(pushed))
        return Schedule(minutes, successive=self.profile.retry_measured_from != "first_failure")

    def _answered(self, pushed: Pushed, recorded: Recorded) -> None:
        pushed.status = recorded.status
        pushed.acknowledged = pushed.acknowledged or recorded.status in self.profile.success_statuses
        if recorded.status in self.profile.success_statuses and not pushed.asks:
            return
        ended = recorded.at + timedelta(seconds=recorded.wall_seconds or 0)
        pushed.failures += 1
        pushed.first_failed_at = pushed.first_failed_at or ended
        pushed.last_failed_at = ended


def batch(message: Message, profile: Profile) -> Iterator[Seen]:
    """What a message of CDRs says about how they are merged."""
    count = len(message.told)
    ends = [told.at for told in message.told if told.at is not None]
    if message.kind != FEE or count < 2 or not ends:
        return
    yield Seen(
        "merge_limit", max(count, profile.merge_limit), count <= profile.merge_limit, f"{count} CDRs in a message"
    )
    apart = (max(ends) - min(ends)).total_seconds()
    fits = apart <= profile.merge_window_seconds + 1
    yield Seen("merge_window_seconds", int(apart), fits, f"{count} CDRs that ended {apart:g} s apart")


def _key(recorded: Recorded, message: Message) -> object:
    """What makes two requests one message: its id where the source knows it, else its bytes."""
    if recorded.notification_id is not None:
        return (recorded.app_key, recorded.notification_id)
    return (message.kind, blake2b(recorded.body, digest_size=16).digest())


def _answer(pushed: Pushed) -> str:
    return "no answer" if pushed.status is None else f"answered {pushed.status}"
