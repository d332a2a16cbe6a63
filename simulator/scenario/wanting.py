"""Judges answers of the customer and its requests: what was wanted in, findings out. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from simulator.contract.operations import Operation
from simulator.scenario.asking import places_of, wire_value
from simulator.scenario.customer_language import Asking, Wanted
from simulator.scenario.json_schemas import violations
from simulator.scenario.language import span
from simulator.scenario.nearest import first_difference, members_near
from simulator.scenario.scene import MISSING, dig
from simulator.scenario.verdict import Finding, Resolve, Standing, same, times
from simulator.scenario.witness import Request

CUT = 400
"""Characters of a body that a finding shows."""


@dataclass(frozen=True, slots=True)
class Came:
    """An HTTP answer as it came; `failure` says why there is none."""

    what: str
    status: int | None
    body: str
    wall_seconds: float
    failure: str = ""

    @property
    def shown(self) -> str:
        """The answer in one line."""
        if self.failure:
            return self.failure
        return f"{self.status} {shortened(self.body)}".rstrip()


def shortened(text: str) -> str:
    """A body on one line, and not all of a long one."""
    line = " ".join(text.split())
    return line if len(line) <= CUT else f"{line[: CUT - 1]}…"


def answer_findings(wanted: Wanted, came: Came, resolve: Resolve, *, success: bool = False) -> list[Finding]:
    """What an answer is not that was wanted; `success`: without a wanted status it must be from 200 to 299."""
    if came.failure and (success or wanted.status is not None or wanted.fields or wanted.schema):
        return [_broken(f"{came.what} answered", came.failure)]
    findings = list(_status(wanted, came, success=success))
    limit = wanted.within_seconds
    if limit is not None and came.wall_seconds > limit:
        findings.append(
            _broken(f"{came.what} answered within {span(limit)}", f"it took {_longer(came.wall_seconds, limit)} s")
        )
    if wanted.fields or wanted.absent or wanted.schema is not None:
        findings += _body(wanted, came, resolve)
    return findings


def _status(wanted: Wanted, came: Came, *, success: bool) -> Iterator[Finding]:
    if wanted.status is not None and came.status != wanted.status:
        yield _broken(f"{came.what} answered {wanted.status}", came.shown)
    elif wanted.status is None and success and not 200 <= (came.status or 0) < 300:
        yield _broken(f"{came.what} answered 200 to 299", came.shown)


def _body(wanted: Wanted, came: Came, resolve: Resolve) -> Iterator[Finding]:
    if not came.body.strip():
        yield _broken(f"{came.what} answered with JSON", f"{came.status} with an empty body")
        return
    try:
        value = orjson.loads(came.body)
    except orjson.JSONDecodeError as error:
        yield _broken(f"{came.what} answered with JSON", came.shown or "nothing", str(error))
        return
    yield from member_findings(wanted.fields, wanted.absent, value, resolve)
    if wanted.schema is not None:
        wrong = violations(wanted.schema, value)
        if wrong:
            yield _broken(f"{came.what} answered with what obeys the schema", came.shown, "; ".join(wrong))


def member_findings(
    fields: Mapping[str, object], absent: Sequence[str], value: Any, resolve: Resolve, what: str = "an answer"
) -> Iterator[Finding]:
    """Members of a JSON value that are not as wanted."""
    for path, wanted in fields.items():
        got, right = dig(value, path), resolve(wanted)
        if not same(right, got):
            near = members_near(path, value) if got is MISSING else first_difference(right, got)
            yield _broken(f"{path} = {right!r}", repr(got), near)
    for path in absent:
        got = dig(value, path)
        if got is not MISSING:
            yield _broken(f"{what} without {path}", f"{path} = {got!r}")


def request_differences(asking: Asking, operation: Operation, request: Request, resolve: Resolve) -> list[Finding]:
    """What a request of the customer is not that is sought; [] when it is that."""
    if request.operation != asking.operation:
        return [_broken(asking.operation, request.operation or request.line)]
    places = places_of(operation.request)
    sought = {
        ".".join(places[word][0]): wire_value(resolve(value), places[word][1]) for word, value in asking.words.items()
    }
    findings = list(_texts(sought, request, resolve))
    findings += member_findings(asking.fields, asking.absent, request.members, resolve, "a request")
    if asking.status is not None and request.status != asking.status:
        findings.append(_broken(f"answered {asking.status}", request.answered))
    if asking.result_code is not None and request.result_code != asking.result_code:
        findings.append(_broken(f"answered with code {asking.result_code}", request.answered))
    return findings


def _texts(sought: Mapping[str, object], request: Request, resolve: Resolve) -> Iterator[Finding]:
    """Words by their members: a query has texts only, so 0 and "0" are the same."""
    for path, right in sought.items():
        got = dig(request.members, path)
        if got is MISSING or str(got) != str(right):
            yield from member_findings({path: right}, (), request.members, resolve)


def sought_text(asking: Asking, resolve: Resolve) -> str:
    """What is sought, in words."""
    told = {**asking.words, **asking.fields}
    members = ", ".join(f"{key} = {resolve(value)!r}" for key, value in told.items())
    absent = f", without {', '.join(asking.absent)}" if asking.absent else ""
    status = "" if asking.status is None else f", answered {asking.status}"
    code = "" if asking.result_code is None else f", code {asking.result_code}"
    return f"{asking.operation}{f' with {members}' if members else ''}{absent}{status}{code}"


def nearest_request(asking: Asking, operation: Operation, requests: Sequence[Request], resolve: Resolve) -> str:
    """The request that comes nearest to what is sought, in full, and what is different; or what there was instead."""
    same_one = [request for request in requests if request.operation == asking.operation]
    if not same_one:
        others = ", ".join(dict.fromkeys(request.operation or request.line for request in requests))
        return f"no {asking.operation}; it asked: {others}" if others else ""
    judged = [(request_differences(asking, operation, request, resolve), request) for request in same_one]
    wrong, nearest = min(judged, key=lambda one: len(one[0]))
    taken = " (an earlier step was about it)" if nearest.taken else ""
    differences = "; ".join(f"{one.expected}, but it has {one.got}" for one in wrong)
    sent = shortened(orjson.dumps(dict(nearest.members)).decode())
    return f"{nearest.operation} {sent} answered {nearest.answered}{taken}{f': {differences}' if wrong else ''}"


def count_finding(asking: Asking, operation: Operation, requests: Sequence[Request], resolve: Resolve) -> list[Finding]:
    """What is wrong with how often the customer asked something."""
    fitting = [one for one in requests if not request_differences(asking, operation, one, resolve)]
    if len(fitting) == asking.count or (asking.count is None and fitting):
        return []
    often = "at least once" if asking.count is None else "never" if asking.count == 0 else times(asking.count)
    got = times(len(fitting)) if fitting else "never"
    near = "" if fitting else nearest_request(asking, operation, requests, resolve)
    over = asking.count is not None and len(fitting) > asking.count
    standing = Standing.BROKEN if over else Standing.OPEN
    return [Finding(standing, f"the customer asked {sought_text(asking, resolve)} {often}", got, near)]


def _longer(seconds: float, limit: float) -> str:
    """A time with as many digits as it takes to see that it is longer than the limit."""
    return next((text for digits in (3, 4, 5) if float(text := f"{seconds:.{digits}f}") > limit), f"{seconds:.6f}")


def _broken(expected: str, got: str, nearest: str = "") -> Finding:
    return Finding(Standing.BROKEN, expected, got, nearest)
