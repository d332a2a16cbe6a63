"""What became of one attempt: classified once, and the class is kept (notifications.md 1.2)."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver answered: its status, and the body kept of it."""

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    body_length: int = 0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer came: `kind` is a word for counting, `detail` a sentence for a person."""

    kind: str
    detail: str


Result = Answered | Unanswered


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an attempt was acknowledged, why not, and what a strict reader would remark."""

    acknowledged: bool
    reason: str
    remark: str = ""


def judge(result: Result, success_statuses: Collection[int]) -> Verdict:
    """The platform's verdict on an attempt: success is an answer with one of the profile's statuses."""
    if isinstance(result, Unanswered):
        return Verdict(acknowledged=False, reason=result.detail)
    if result.status not in success_statuses:
        return Verdict(acknowledged=False, reason=_wrong_status(result, success_statuses))
    remark = f"answered with a body of {result.body_length} bytes where none is due" if result.body_length else ""
    return Verdict(acknowledged=True, reason=f"answered {result.status}", remark=remark)


def _wrong_status(result: Answered, success_statuses: Collection[int]) -> str:
    wanted = " or ".join(str(status) for status in sorted(success_statuses))
    redirect = "; the platform follows no redirects" if 300 <= result.status < 400 else ""
    return f"answered {result.status} {result.reason}".rstrip() + f" where {wanted} is success{redirect}"
