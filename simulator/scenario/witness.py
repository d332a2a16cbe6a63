"""What the customer did by itself, read from the journal: what it answered to notifications, what it asked the platform."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from simulator.client.shapes import Row
from simulator.scenario.judging import NONCE

KEPT = 10_000
"""Requests and refusals that are remembered of one scenario."""


@dataclass(slots=True)
class Request:
    """One request of the customer to the platform; `taken` once a step was about it."""

    operation: str | None
    line: str
    members: Mapping[str, Any]
    status: int
    result_code: str | None
    answer: Mapping[str, Any]
    taken: bool = False

    @property
    def answered(self) -> str:
        """What the platform said, in short."""
        return f"{self.status} {self.result_code or ''}".strip()


@dataclass(frozen=True, slots=True)
class Reaction:
    """How the customer's server took one attempt; `status` None where no answer came."""

    kind: str
    number: int
    acknowledged: bool
    reason: str
    status: int | None
    body: str
    wall_seconds: float
    on_purpose: bool


@dataclass(slots=True)
class Witness:
    """Reads the rows of one scenario; `ours` says of a nonce whether the scenario itself made the request."""

    ours: Callable[[str], bool]
    requests: list[Request] = field(default_factory=list)
    refusals: list[Reaction] = field(default_factory=list)
    """Attempts that were not acknowledged, and not wrong on purpose."""
    seen_requests: int = 0
    _reactions: dict[tuple[str, int], Reaction] = field(default_factory=dict)

    def row(self, row: Row) -> None:
        """One more row of the journal."""
        if row["kind"] == "api_request":
            self.seen_requests += 1
            if not self._is_ours(row) and len(self.requests) < KEPT:
                self.requests.append(_request(row))
        elif row["kind"] == "attempt_ended":
            reaction = _reaction(row)
            self._reactions[str(row["delivery_id"]), reaction.number] = reaction
            if not reaction.acknowledged and not reaction.on_purpose and len(self.refusals) < KEPT:
                self.refusals.append(reaction)

    def reaction(self, delivery_id: str, number: int) -> Reaction | None:
        """How an attempt of a delivery was taken; None before it has ended."""
        return self._reactions.get((delivery_id, number))

    def _is_ours(self, row: Row) -> bool:
        headers: Any = row["headers"]
        found = (NONCE.search(value) for name, value in headers if name.lower().startswith("x-"))
        return any(one is not None and self.ours(one[1]) for one in found)


def _request(row: Row) -> Request:
    target = str(row["target"])
    body = _members(row["body"]) or dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
    return Request(
        None if row["operation"] is None else str(row["operation"]),
        f"{row['method']} {target}",
        body,
        int(str(row["status"])),
        None if row["result_code"] is None else str(row["result_code"]),
        _members(row["answer"]),
    )


def _reaction(row: Row) -> Reaction:
    status = row.get("status")
    return Reaction(
        str(row["notification_kind"]),
        int(str(row["number"])),
        bool(row["acknowledged"]),
        str(row["reason"]),
        None if status is None else int(str(status)),
        str(row.get("answer", "")),
        float(str(row["wall_seconds"] or 0)),
        bool(row.get("fault")),
    )


def _members(text: object) -> Mapping[str, Any]:
    """The members of a JSON object; empty for anything else."""
    try:
        parsed = orjson.loads(str(text))
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
