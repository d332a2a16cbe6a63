"""What became of one attempt: classified once, and the class is kept (notifications.md 1.2)."""

from collections.abc import Collection
from functools import cache, lru_cache
from typing import NamedTuple

TIMEOUT = "timeout"
"""The kind of an answer that did not come in time, where the receiver was reached."""


class Answered(NamedTuple):
    """The receiver answered: its status, and the body kept of it."""

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    body_length: int = 0


class Unanswered(NamedTuple):
    """No answer came: `kind` is a word for counting, `detail` a sentence for a person."""

    kind: str
    detail: str


Result = Answered | Unanswered


def in_brief(result: Result) -> Result:
    """A result without the headers and body of its answer: what a delivery remembers of each attempt."""
    if isinstance(result, Answered) and (result.headers or result.body):
        return _brief(result.status, result.reason, result.body_length)
    return result


@lru_cache(maxsize=256)
def _brief(status: int, reason: str, body_length: int) -> Answered:
    """One for all that were answered alike: a receiver's answers rarely differ in more than their headers."""
    return Answered(status, reason, body_length=body_length)


class Verdict(NamedTuple):
    """Whether an attempt was acknowledged, why not, and what a strict reader would remark.

    `final`: another attempt would change nothing, so that none follows.
    """

    acknowledged: bool
    reason: str
    remark: str = ""
    final: bool = False


def judge(result: Result, success_statuses: Collection[int]) -> Verdict:
    """The platform's verdict on an attempt: success is an answer with one of the profile's statuses."""
    if isinstance(result, Unanswered):
        return Verdict(acknowledged=False, reason=result.detail)
    if result.status not in success_statuses:
        return Verdict(acknowledged=False, reason=_wrong_status(result, success_statuses))
    if not result.body_length:
        return _acknowledged(result.status)
    remark = f"answered with a body of {result.body_length} bytes where none is due"
    return Verdict(acknowledged=True, reason=f"answered {result.status}", remark=remark)


@cache
def _acknowledged(status: int) -> Verdict:
    return Verdict(acknowledged=True, reason=f"answered {status}")


def _wrong_status(result: Answered, success_statuses: Collection[int]) -> str:
    wanted = " or ".join(str(status) for status in sorted(success_statuses))
    redirect = "; the platform follows no redirects" if 300 <= result.status < 400 else ""
    return f"answered {result.status} {result.reason}".rstrip() + f" where {wanted} is success{redirect}"
