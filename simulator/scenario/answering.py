"""Judges the platform's answer to a request: what was expected of it, and what it was. Pure."""

from collections.abc import Iterator

from simulator.contract.operations import operations_of
from simulator.scenario.asking import Reply
from simulator.scenario.language import Answer
from simulator.scenario.nearest import first_difference, members_near
from simulator.scenario.scene import MISSING, dig
from simulator.scenario.verdict import Finding, Resolve, Standing, same

SUCCESS = "0"


def success(operation: str, mode: str) -> Answer:
    """What an operation is answered when nothing is wrong."""
    status = operations_of(mode)[operation].status
    return Answer(status, SUCCESS if status == 200 else None)


def findings(wanted: Answer, reply: Reply, resolve: Resolve) -> tuple[Finding, ...]:
    """Every demand that an answer does not meet."""
    return (*_status(wanted, reply), *_members(wanted, reply, resolve))


def _status(wanted: Answer, reply: Reply) -> Iterator[Finding]:
    code = reply.word("result_code")
    text = f"{reply.status} {code or ''} {reply.word('result_text') or ''}".strip()
    if wanted.status is not None and reply.status != wanted.status:
        yield Finding(Standing.BROKEN, f"status {wanted.status}", text)
    if wanted.result_code is not None and code != wanted.result_code:
        yield Finding(Standing.BROKEN, f"result code {wanted.result_code}", text)


def _members(wanted: Answer, reply: Reply, resolve: Resolve) -> Iterator[Finding]:
    for path, value in wanted.fields.items():
        got, right = dig(reply.members, path), resolve(value)
        if not same(right, got):
            near = members_near(path, reply.members) if got is MISSING else first_difference(right, got)
            yield Finding(Standing.BROKEN, f"{path} = {right!r}", repr(got), near)
    for path in wanted.absent:
        got = dig(reply.members, path)
        if got is not MISSING:
            yield Finding(Standing.BROKEN, f"an answer without {path}", f"{path} = {got!r}")
