"""What became of one attempt: classified once, and the class is kept (notifications.md 1.2)."""

import re
from collections.abc import Callable, Collection, Sequence
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

INTERRUPTED = Unanswered("interrupted", "the simulator ended before it knew of an answer")
"""What became of an attempt that was on its way when the process ended."""


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


def judge(result: Result, success_statuses: Collection[int], *, asks: bool = False) -> Verdict:
    """The platform's verdict on an attempt: success is an answer with one of the profile's statuses.

    Where the push `asks`, whoever reads the decision has the last word; its remarks stand beside those from here.
    """
    if isinstance(result, Unanswered):
        return Verdict(acknowledged=False, reason=result.detail)
    if result.status not in success_statuses:
        return Verdict(acknowledged=False, reason=_wrong_status(result, success_statuses))
    if not result.body_length:
        return _acknowledged(result.status)
    table = ABOUT_DECISIONS if asks else ABOUT_BODIES
    remark = "; ".join(words.format(*found) for find, words in table if (found := find(result)) is not None)
    return Verdict(acknowledged=True, reason=f"answered {result.status}", remark=remark)


def remarked(verdict: Verdict, remark: str) -> Verdict:
    """The verdict with one more remark; one that is not acknowledged has its reason, and needs none."""
    if not verdict.acknowledged or not remark:
        return verdict
    return verdict._replace(remark="; ".join(filter(None, (verdict.remark, remark))))


@cache
def _acknowledged(status: int) -> Verdict:
    return Verdict(acknowledged=True, reason=f"answered {status}")


def _wrong_status(result: Answered, success_statuses: Collection[int]) -> str:
    wanted = " or ".join(str(status) for status in sorted(success_statuses))
    known = "".join(letter if letter.isprintable() else "?" for letter in result.reason[:REASON_SHOWN])
    said = f"answered {result.status} {known}".rstrip() + f" where {wanted} is success"
    return "; ".join([said, *(words for applies, words in ABOUT_STATUSES if applies(result))])


def _header(result: Answered, wanted: str) -> str | None:
    return next((value for name, value in result.headers if name.lower() == wanted), None)


def _size(result: Answered) -> tuple[str]:
    return ("1 byte" if result.body_length == 1 else f"{result.body_length} bytes",)


def _other_type(result: Answered) -> tuple[str] | None:
    """The content type of a decision that is said not to be JSON; samples have it as application/JSON, or not at all."""
    given = (_header(result, "content-type") or "").strip()
    kind = given.partition(";")[0].strip().lower()
    return None if kind in ("application/json", "") else (repr(given[:REASON_SHOWN]),)


def _other_charset(result: Answered) -> tuple[str] | None:
    found = CHARSET.search(_header(result, "content-type") or "")
    return None if found is None or found[1].lower() in ("utf-8", "utf8") else (repr(found[1][:REASON_SHOWN]),)


REASON_SHOWN = 60
"""Characters of what the receiver wrote that a sentence shows."""
REDIRECTS = frozenset((301, 302, 303, 307, 308))
CHARSET = re.compile(r'charset="?([^";\s]+)', re.IGNORECASE)

ABOUT_STATUSES: Sequence[tuple[Callable[[Answered], bool], str]] = (
    (lambda result: result.status in REDIRECTS, "the platform follows no redirects"),
    (lambda result: _header(result, "retry-after") is not None, "the platform takes no notice of Retry-After"),
)
"""What is said beside a status that is no success, and when."""
ABOUT_BODIES: Sequence[tuple[Callable[[Answered], tuple[str] | None], str]] = (
    (_size, "answered with a body of {} where none is due"),
)
"""Remarks on an answer that should be empty: a text for the sentence where it applies."""
ABOUT_DECISIONS: Sequence[tuple[Callable[[Answered], tuple[str] | None], str]] = (
    (_other_type, "the decision came with {}, instead of application/json"),
    (_other_charset, "the decision's charset is {}, instead of UTF-8"),
)
"""Remarks on the form of a decision; what it says is read by `contract/decisions.py`."""
