"""Turns a tree that the language's schema found right into the values of `language`.

Which key carries which word of the core, and which value stands for which, is in `schemas/scenario.json` (`x-word`,
`x-values`, `x-unit`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.contract.decisions import CLOSE, CONNECT
from simulator.scenario.block_building import Blocks, kind_of
from simulator.scenario.customer_building import CustomerBuilder
from simulator.scenario.deciding import WORD_FOR_WORD
from simulator.scenario.language import (
    WITHIN_SECONDS,
    Advance,
    Answer,
    Ask,
    Behaviour,
    ChangeArrears,
    ChangeNumbers,
    Expect,
    Member,
    PlayCall,
    PlaySms,
    Release,
    Scenario,
    SetFaults,
    Step,
)
from simulator.scenario.places import Place
from simulator.scenario.plain import plain, seconds
from simulator.scenario.shapes import Schema, Shapes

SUGAR = ("bind", "unbind", "modify", "query", "set_callee", "terminate")
NAMING = frozenset({"x_number", "session_id"})
"""Words that say which binding or call is meant; without them it is the latest. A query may name A too (ax_axb.md 4)."""

Tree = Mapping[str, Any]

CITY = "0755"
"""Where an X number is when nobody says it."""
POOL: dict[str, Any] = {"count": 0, "area_code": CITY}
"""What a pool of X numbers has where a scenario does not say it."""


class Builder:
    """Builds one file's scenario; the schema is the language's."""

    def __init__(self, schema: Schema, file: str) -> None:
        self._defs = schema["$defs"]
        self._shapes = Shapes(schema)
        self._file = file
        self._customer = CustomerBuilder(file, self._words)
        self._blocks = Blocks(self._step)
        self._make: dict[str, Callable[[Tree, Tree, Place], Step]] = {
            "request": self._request,
            "call": self._call,
            "release": lambda body, _, place: Release(place, body.get("of"), body.get("by")),
            "sms": self._sms,
            "advance": lambda body, _, place: Advance(place, seconds(str(body))),
            "wait": lambda body, _, place: Advance(place, seconds(str(body))),
            "expect": lambda body, _, place: self._expect(body, place),
            "faults": lambda body, _, place: SetFaults(place, tuple(plain(body))),
            "number_status": lambda body, _, place: _change_numbers(body, place),
            "arrears": lambda body, _, place: ChangeArrears(place, bool(body)),
            "customer": self._customer.ask,
            "await_request": lambda body, _, place: self._customer.await_request(body, place),
            "probe": lambda body, _, place: self._customer.probe(body, place),
            **{name: self._sugar(name) for name in SUGAR},
        }

    def scenario(self, tree: Tree) -> Scenario:
        """The scenario of a checked tree."""
        steps = self._blocks.steps(tree["steps"], Place(self._file, 1, 1))
        return Scenario(
            name=str(tree["scenario"]),
            title=str(tree["title"]),
            file=self._file,
            steps=steps,
            cast={str(name): member(entry) for name, entry in (tree.get("cast") or {}).items()},
            app=_app(plain(tree.get("app") or {})),
            seed=tree.get("seed"),
            behaviour=self._behaviour(tree),
            faults=tuple(plain(tree.get("faults", ()))),
            customer=self._customer.side(tree, self._blocks.known_failures),
        )

    def _behaviour(self, tree: Tree) -> Behaviour | None:
        if "needs" not in tree:
            return None
        given = tree.get("receiver") or {}
        body = plain(given)
        delay = seconds(body.pop("delay")) if "delay" in body else 0
        if "decide" in body:
            body["decide"] = self._decide(given["decide"])
        if "decide_sms" in body:
            body["decide_sms"] = self._decide_sms(given["decide_sms"])
        naive = tuple(body.pop("naive", ()))
        careful = body.pop("careful", bool(naive))
        return Behaviour(**body, delay_seconds=delay, careful=careful, naive=naive)

    def _decide(self, body: Tree) -> Tree:
        """A decision in the core's words, or word for word."""
        if WORD_FOR_WORD in body:
            return {WORD_FOR_WORD: plain(body[WORD_FOR_WORD])}
        return {"operation": CLOSE if "close" in body else CONNECT, **self._words(body, "decide")}

    def _decide_sms(self, body: Tree) -> Tree:
        """A decision on SMS in the core's words, or word for word."""
        if WORD_FOR_WORD in body:
            return {WORD_FOR_WORD: plain(body[WORD_FOR_WORD])}
        return self._words(body, "decide_sms")

    def step(self, tree: Tree, place: Place) -> Step:
        """One step of a checked tree."""
        return self._blocks.step(tree, place)

    def _step(self, step: Tree, place: Place) -> Step:
        kind = kind_of(step)
        return self._make[kind](step[kind], step, place)

    def _sugar(self, operation: str) -> Callable[[Tree, Tree, Place], Step]:
        def make(body: Tree, step: Tree, place: Place) -> Ask:
            words = self._words(body, operation)
            naming = NAMING | {"user"} if operation == "query" else NAMING
            names_it = "of" in body or not naming.isdisjoint(words) or operation == "bind"
            saved = body.get("as", "binding") if operation == "bind" else None
            expected = self._answer(body.get("expect") or step.get("expect"))
            of, number_as = body.get("of"), body.get("number_as")
            return Ask(place, operation, words, of, saved, expected, about_latest=not names_it, number_as=number_as)

        return make

    def _request(self, body: Tree, step: Tree, place: Place) -> Ask:
        operation = str(body["operation"])
        saved = body.get("as", "binding") if operation == "bind" else body.get("as")
        expected = self._answer(body.get("expect") or step.get("expect"))
        words, of, scheme = self._words(body, "request"), body.get("of"), body.get("scheme", "AKSK")
        return Ask(place, operation, words, of, saved, expected, scheme, number_as=body.get("number_as"))

    def _words(self, body: Tree, shape: str) -> dict[str, object]:
        """The words of the core that a request's keys carry."""
        known = self._defs[shape]["properties"]
        carried = {key: value for key, value in body.items() if "x-word" in known[key]}
        return {known[key]["x-word"]: self._value(known[key], value) for key, value in carried.items()}

    def _value(self, schema: Schema, value: Any) -> object:
        resolved = self._shapes.resolve(schema)
        if "x-values" in resolved:
            return resolved["x-values"][value]
        return int(seconds(value)) if resolved.get("x-unit") == "seconds" else plain(value)

    def _answer(self, body: Tree | None) -> Answer | None:
        return Answer(**self._words(body, "answer")) if body else None  # type: ignore[arg-type]  # x-word names its fields

    def _call(self, body: Tree, _: Tree, place: Place) -> PlayCall:
        return PlayCall(
            place,
            str(body["caller"]),
            str(body["dialled"]),
            body.get("outcome"),
            _seconds(body, "rings"),
            _seconds(body, "talks"),
            body.get("released_by"),
            body.get("hangup_cause"),
            _extensions(body.get("extension", ())),
            body.get("until", "released"),
            body.get("as", "call"),
        )

    def _sms(self, body: Tree, _: Tree, place: Place) -> PlaySms:
        return PlaySms(
            place,
            str(body["from"]),
            str(body["to"]),
            str(body["text"]),
            body.get("send_result"),
            bool(body.get("refused", False)),
            body.get("as", "sms"),
        )

    def _expect(self, body: Tree, place: Place) -> Expect:
        of = body.get("of", ())
        told = body.get("notifications")
        demands = self._customer.demands(body)
        latest = max(demands.by.values(), default=0.0) if demands else 0.0
        within = _seconds(body, "within")
        exhausted = bool(body.get("exhausted", False))
        by_default = True if told and not exhausted else None
        return Expect(
            place,
            of=(of,) if isinstance(of, str) else tuple(of),
            notifications=None if told is None else tuple(told),
            acknowledged=plain(body.get("acknowledged", by_default)),
            exhausted=exhausted,
            within_seconds=max(WITHIN_SECONDS, latest) if within is None else within,
            hangup_cause=body.get("hangup_cause"),
            attempts=plain(body.get("attempts")),
            fields=plain(body.get("fields", {})),
            absent=plain(body.get("absent", {})),
            one_batch=body.get("one_batch"),
            send_result=body.get("send_result"),
            demands=demands,
        )


def member(entry: Any) -> Member:
    """One of the cast, from its entry."""
    if isinstance(entry, str):
        return Member(entry) if entry.isalpha() else Member("given", entry)
    return Member("number", entry.get("number"), entry.get("area", CITY))


def _change_numbers(body: Tree, place: Place) -> ChangeNumbers:
    given = body.get("number")
    named = [given] if isinstance(given, str) else given
    numbers = None if named is None else tuple(str(one) for one in named)
    return ChangeNumbers(place, numbers, str(body["state"]), body.get("cause"))


def _extensions(given: Any) -> tuple[str, ...]:
    return (str(given),) if isinstance(given, str) else tuple(str(one) for one in given)


def _seconds(body: Tree, key: str) -> float | None:
    return seconds(body[key]) if key in body else None


def _app(app: dict[str, Any]) -> dict[str, Any]:
    """The application, with what its pool of numbers has by default."""
    return {**app, "number_pool": {**POOL, **app["number_pool"]}} if "number_pool" in app else app
