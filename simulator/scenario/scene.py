"""What has been seen of the calls and SMS that an expectation is about: values for `verdict` to judge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FINISHED = ("acknowledged", "exhausted")


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt that has ended."""

    number: int
    acknowledged: bool
    reason: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification about one call or SMS: how its delivery stands, and the part of its body that is about it."""

    kind: str
    delivery_id: str
    state: str
    tries: tuple[Try, ...]
    record: Mapping[str, Any]
    body: Any = None
    sent_at: datetime | None = None
    """When its first attempt began."""
    order: int = 0
    """Its place among all first attempts of the story."""

    @property
    def finished(self) -> bool:
        """Whether the platform will not try again."""
        return self.state in FINISHED

    @property
    def story(self) -> str:
        """How it went so far, in words."""
        if not self.tries:
            return f"{self.kind}: no attempt has ended"
        last = self.tries[-1]
        remark = f" ({last.remark})" if last.remark else ""
        return f"{self.kind}: {self.state} after {_times(len(self.tries))}; the last {last.reason}{remark}"


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One call, SMS or X number under its name in the scenario; `notices` in the order of their first attempts.

    `session_id` is what its notifications name it by: of an SMS its own id, of an X number the number. A call has no
    `send_result`, the others no cause.
    """

    name: str
    session_id: str
    state: str
    hangup_cause: int | None
    notices: tuple[Notice, ...]
    send_result: int | None = None
    began_at: datetime | None = None
    """When the call was dialled or the SMS sent; of an X number nothing begins."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was sent about it."""
        return tuple(notice.kind for notice in self.notices)


def _times(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count} attempts"


def record_about(body: Any, session_id: str) -> Mapping[str, Any]:
    """The mapping in a body that is about the call or SMS with this id; empty when there is none."""
    return next(_about(body, session_id), {})


def _about(value: Any, session_id: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if session_id in (member for member in value.values() if isinstance(member, str)):
            yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from _about(inner, session_id)


class Missing:
    """What `dig` finds where there is nothing."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


def dig(value: Any, path: str) -> Any:
    """The member at a dotted path; numbers lead into lists; MISSING where there is none."""
    for step in path.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, Sequence) and not isinstance(value, str) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def member(notice: Notice, path: str) -> Any:
    """A member of a notification: of the part about the call, else of the whole body."""
    found = dig(notice.record, path)
    return dig(notice.body, path) if found is MISSING else found
