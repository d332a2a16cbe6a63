"""Builds the customer's part of a scenario from its checked tree: steps, demands, what is allowed, what is known to fail."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from simulator.scenario.customer_language import (
    ANSWER_SECONDS,
    CUSTOMER_WITHIN_SECONDS,
    PAUSE_SECONDS,
    PROBE_WITHIN_SECONDS,
    Allowed,
    AskCustomer,
    Asking,
    AwaitRequest,
    CustomerSide,
    Demands,
    Probe,
    Schema,
    Wanted,
)
from simulator.scenario.json_schemas import schema_of
from simulator.scenario.places import Place
from simulator.scenario.plain import plain, seconds

KNOWN_FAILURE = "known_failure"
"""The key of a step that stands beside what it does."""
DEMANDING = ("count", "never", "in_order", "by", "since", "answers", "asked")
"""Keys of an expectation that are demands."""

Tree = Mapping[str, Any]
Words = Callable[[Tree, str], dict[str, object]]
"""Turns the keys of a request into the core's words."""


class CustomerBuilder:
    """Builds for the scenario in one file; `words` reads the keys of a request."""

    def __init__(self, file: str, words: Words) -> None:
        self._folder = Path(file).parent
        self._words = words

    def ask(self, body: Tree, step: Tree, place: Place) -> AskCustomer:
        """A customer step."""
        expected = body.get("expect") or step.get("expect")
        return AskCustomer(
            place,
            str(body.get("method", "POST" if "body" in body else "GET")),
            path=_text(body, "path"),
            url=_text(body, "url"),
            headers=plain(body.get("headers", {})),
            body=plain(body.get("body")),
            has_body="body" in body,
            timeout_seconds=_seconds(body, "timeout", ANSWER_SECONDS),
            expected=Wanted() if expected is None else self._wanted(expected),
            until=self._wanted(body["until"]) if "until" in body else None,
            every_seconds=_seconds(body, "every", PAUSE_SECONDS),
            within_seconds=_seconds(body, "within", CUSTOMER_WITHIN_SECONDS),
        )

    def probe(self, body: Tree, place: Place) -> Probe:
        """A probe step."""
        counted = {key: plain(value) for key, value in body.items() if key not in ("of", "within")}
        return Probe(place, counted, _text(body, "of"), _seconds(body, "within", PROBE_WITHIN_SECONDS))

    def await_request(self, body: Tree, place: Place) -> AwaitRequest:
        """An await_request step."""
        saved = str(body.get("as", "binding")) if body["operation"] == "bind" else None
        within = _seconds(body, "within", CUSTOMER_WITHIN_SECONDS)
        return AwaitRequest(place, self._asking(body, "await_request"), within, saved, _text(body, "number_as"))

    def demands(self, body: Tree) -> Demands | None:
        """What an expectation demands beyond what was sent about one call; None where it is nothing."""
        if not any(key in body for key in DEMANDING):
            return None
        return Demands(
            count=plain(body.get("count", {})),
            never=tuple(body.get("never", ())),
            in_order=tuple(_told(one) for one in body.get("in_order", ())),
            by={str(kind): seconds(span) for kind, span in body.get("by", {}).items()},
            since_step=body.get("since") == "step",
            answers={str(kind): self._wanted(one) for kind, one in body.get("answers", {}).items()},
            asked=tuple(self._asking(one, "asked") for one in body.get("asked", ())),
        )

    def side(self, tree: Tree, known_failures: Mapping[Place, str]) -> CustomerSide:
        """What the scenario says beside its steps, and which of them are known to fail."""
        customer, allow = tree.get("customer") or {}, tree.get("allow") or {}
        return CustomerSide(
            url=_text(customer, "url"),
            headers=plain(customer.get("headers", {})),
            allowed=Allowed(_allowed(allow.get("answers")), _allowed(allow.get("requests"))),
            known_failure=_text(tree, KNOWN_FAILURE),
            known_failures=dict(known_failures),
            scored=str(tree.get("property", "")),
        )

    def _asking(self, body: Tree, shape: str) -> Asking:
        code = self._words(body, shape).get("result_code")
        return Asking(
            str(body["operation"]),
            self._words(body.get("words", {}), "request"),
            fields=plain(body.get("fields", {})),
            absent=tuple(plain(body.get("absent", ()))),
            status=body.get("status"),
            result_code=code if code is None else str(code),
            count=body.get("count"),
        )

    def _wanted(self, body: Tree) -> Wanted:
        return Wanted(
            status=body.get("status"),
            fields=plain(body.get("fields", {})),
            absent=tuple(plain(body.get("absent", ()))),
            schema=self._schema(body),
            within_seconds=seconds(body["within"]) if "within" in body else None,
            acknowledged=body.get("acknowledged"),
            attempt=body.get("attempt"),
        )

    def _schema(self, body: Tree) -> Schema | None:
        return schema_of(plain(body["schema"]), self._folder) if "schema" in body else None


def _told(text: str) -> tuple[str, str]:
    name, _, kind = text.partition(".")
    return name, kind


def _allowed(given: Any) -> bool | frozenset[str]:
    return bool(given) if given is None or isinstance(given, bool) else frozenset(map(str, given))


def _text(body: Tree, key: str) -> str | None:
    return None if body.get(key) is None else str(body[key])


def _seconds(body: Tree, key: str, default: float) -> float:
    return seconds(str(body[key])) if key in body else default
