"""What a schema cannot say of the customer's part of a scenario: names, rules between keys, words, JSON Schemas."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.contract.fields import words as words_of
from simulator.contract.operations import operations_of
from simulator.contract.schemas import known as schema_known
from simulator.scenario.json_schemas import BadSchema, schema_of
from simulator.scenario.naming import nobody
from simulator.scenario.places import Place, Problem, of_key, of_value
from simulator.scenario.plain import plain
from simulator.scenario.saying import PLATFORM_WORDS, placeholders
from simulator.scenario.shapes import Shapes, unknown_key

STEPS = ("customer", "await_request", "probe")
BESIDE = ("known_failure",)
"""Keys of a step that stand beside what it does."""
POLLING = ("every", "within")
BODILESS = "GET"

Tree = Mapping[str, Any]
Made = dict[str, list[str]]


def header(tree: Tree, mode: str, place: Place) -> Iterator[Problem]:
    """Whether what may be asked unasked is of the mode, and every JSON Schema is one."""
    allow = tree.get("allow") or {}
    asked = allow.get("requests")
    for index, operation in enumerate(asked if isinstance(asked, list) else ()):
        yield from _operation(operation, mode, of_value(asked, index, place))
    yield from _schemas(tree["steps"], place)


def step(kind: str, body: Tree, mode: str, known: tuple[list[str], Made], place: Place) -> Iterator[Problem]:
    """Faults of a customer, await_request or probe step."""
    cast, made = known
    if kind == "customer":
        yield from _customer(body, place)
        yield from _named(body, [*cast, *_names(made), *PLATFORM_WORDS], place)
    elif kind == "probe":
        yield from _probe(body, made, place)
    else:
        yield from asking(body, mode, place)
        for key in ("as", "number_as"):
            if key in body and body["operation"] != "bind":
                what = f"{key} stands beside {body['operation']}, instead of bind: only a bind makes something"
                yield Problem(of_key(body, key, place), what)


def demands(body: Tree, mode: str, known: Sequence[str], place: Place) -> Iterator[Problem]:
    """Faults of what an expectation demands beyond what was sent about one call."""
    for index, one in enumerate(body.get("in_order", ())):
        name, _, kind = str(one).partition(".")
        at = of_value(body["in_order"], index, place)
        kinds = next(one["enum"] for one in schema_known("scenario")["$defs"]["kind"]["anyOf"] if "enum" in one)
        if name not in known:
            yield Problem(at, nobody(f"in_order names {name!r}", known, "a call, SMS or X number made before", name))
        elif kind not in kinds:
            yield Problem(at, nobody(f"in_order names {kind!r}", kinds, "a kind of notification", kind))
    if "since" in body and "by" not in body:
        yield Problem(of_key(body, "since", place), "since stands without by, which it is for: add by, or take it out")
    both = [kind for kind in body.get("never", ()) if kind in (body.get("notifications") or ())]
    if both:
        what = f"never has {both[0]}, which notifications has too: it cannot be both"
        yield Problem(of_key(body, "never", place), what)
    for index, one in enumerate(body.get("asked", ())):
        yield from asking(one, mode, of_value(body["asked"], index, place))


def asks_only(body: Tree) -> bool:
    """Whether an expectation is about what the customer asked, or names all calls itself: it needs no call before it."""
    return bool(body) and set(body) <= {"asked", "in_order", "within"}


def asking(body: Tree, mode: str, place: Place) -> Iterator[Problem]:
    """Whether a request of the customer can be one of the mode, and its words those of the operation."""
    operation = str(body["operation"])
    wrong = list(_operation(operation, mode, of_value(body, "operation", place)))
    yield from wrong
    given = body.get("words") or {}
    if wrong or not given:
        return
    at, shape = of_value(body, "words", place), schema_known("scenario")["$defs"]["request"]
    carried = words_of(operations_of(mode)[operation].request)
    keys = [key for key, rule in shape["properties"].items() if rule.get("x-word") in carried]
    for key in given:
        if key not in keys:
            yield Problem(of_key(given, key, at), unknown_key(f"{operation} of mode {mode}", key, keys, given))
        else:
            rule = shape["properties"][key]
            yield from Shapes(schema_known("scenario")).problems(
                given[key], rule, f"words.{key}", of_value(given, key, at)
            )


def _operation(operation: object, mode: str, place: Place) -> Iterator[Problem]:
    there = operations_of(mode)
    if operation not in there:
        yield Problem(place, f"{operation} is no operation of mode {mode}, instead of one of: {', '.join(there)}")


def _customer(body: Tree, place: Place) -> Iterator[Problem]:
    if ("path" in body) == ("url" in body):
        told = "path and url" if "path" in body else "neither path nor url"
        yield Problem(place, f"customer says {told}, instead of one of them")
    if "body" in body and body.get("method") == BODILESS:
        yield Problem(
            of_key(body, "body", place), f"body stands beside method {BODILESS}, instead of POST, PUT or PATCH"
        )
    for key in POLLING:
        if key in body and "until" not in body:
            what = f"{key} stands without until, which it is for: say what to wait for, or take it out"
            yield Problem(of_key(body, key, place), what)
    if "until" in body and "expect" in body:
        yield Problem(of_key(body, "expect", place), "expect stands beside until, instead of one of them")


def _named(body: Tree, known: list[str], place: Place) -> Iterator[Problem]:
    for key in ("path", "headers", "body"):
        for name in placeholders(plain(body.get(key))):
            if name not in known:
                what = nobody(f"{key} names {{{name}}}", known, "a name that stands for something", name)
                yield Problem(of_value(body, key, place), what)


def _names(made: Made) -> list[str]:
    return [name for kind in ("binding", "call", "sms") for name in made.get(kind, ())]


def _probe(body: Tree, made: Made, place: Place) -> Iterator[Problem]:
    if "of" in body and body["of"] not in made["call"]:
        what = nobody(f"of is {str(body['of'])!r}", made["call"], "a call made before", str(body["of"]))
        yield Problem(of_value(body, "of", place), what)
    elif not made["call"]:
        yield Problem(place, "probe is about a call, but no call step stands before it")
    if set(body) <= {"of", "within"}:
        what = "probe says nothing that was counted, instead of one of: events, cdrs, state, hangup_cause"
        yield Problem(place, what)


def _schemas(value: Any, place: Place) -> Iterator[Problem]:
    """Every JSON Schema among the steps; those that are none."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        at = of_value(value, key, place)
        if key == "schema":
            try:
                schema_of(plain(member), Path(place.file).parent)
            except BadSchema as wrong:
                yield Problem(at, str(wrong))
        elif key not in ("body", "fields"):
            yield from _schemas(member, at)
