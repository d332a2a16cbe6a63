"""A mix becomes a scenario in our own language: bindings where they are needed, and at its end what always holds.

Every notification was acknowledged, and no answer was another; where the customer can be asked, it counted one CDR a
call. A mix is valid by how it is made: a number is put back to normal, and arrears are paid, before something is bound.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from simulator.fuzz.tables import table
from simulator.scenario.results import counted

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*|[1-9][0-9]*[smhd]")
"""Texts that need no quotes, but for words that YAML reads otherwise."""
WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
SETTLING = "1d"
"""So much time passes in the end: every retry is over, every late message was sent."""
NORMAL = "normal"
TWICE = "duplicated"
"""The fault whose second copies are no attempts that a delivery depends on."""


class Drawn(Protocol):
    """A mix, however it came about."""

    @property
    def mode(self) -> str:
        """Its mode."""

    @property
    def elements(self) -> Iterable[Mapping[str, Any]]:
        """What happens."""


@dataclass(slots=True)
class _Way:
    """The steps so far, and what they left behind."""

    sets: list[dict[str, Any]]
    steps: list[dict[str, Any]] = field(default_factory=list)
    bound: set[int] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)
    arrears: bool = False
    told: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def ready(self, place: int) -> dict[str, Any]:
        """A set whose parties are bound."""
        one = self.sets[place]
        if place not in self.bound:
            self.allowed(place)
            self.steps += [{"bind": bind} for bind in one["binds"]]
            self.bound.add(place)
        return one

    def allowed(self, place: int) -> None:
        """The API would take what comes next."""
        if self.arrears:
            self.pay(owes=False)
        if self.states.get(place, NORMAL) != NORMAL:
            self.put(place, NORMAL)

    def pay(self, *, owes: bool) -> None:
        """The account owes from now on, or has paid."""
        self.steps.append({"arrears": owes})
        self.arrears = owes

    def put(self, place: int, state: str) -> None:
        """The X number of a set goes into a state."""
        self.steps.append({"number_status": {"number": self.sets[place]["numbers"][0], "state": state}})
        self.states[place] = state


def scenario_text(mix: Drawn, name: str, seed: int, *, probed: bool = False, patient: bool = False) -> str:
    """The YAML of a mix; `probed`: the customer says what it counted, `patient`: it may refuse what it takes later."""
    mode = table()["modes"][mix.mode]
    way = _Way(mode["sets"])
    for element in mix.elements:
        for key, value in element.items():
            STEPS[key](way, value)
    cast = {name: kind for name, kind in table()["cast"].items() if _names(way.steps, name)}
    own = "number_pool" in mode["app"]
    numbers = {} if own else {name: kind for name, kind in table()["numbers"].items() if _names(way.steps, name)}
    head = {
        "scenario": name,
        "title": f"A mix that was drawn: {counted(len(way.calls), 'call')} and {len(way.told) - len(way.calls)} SMS",
        "app": mode["app"],
        "cast": {**cast, **numbers} or {"A": "mobile"},
        "seed": seed,
        "allow": {"requests": True, **({"answers": True} if patient else {})},
    }
    steps = [*way.steps, *_judging(way, probed=probed)]
    lines = [f"{key}: {flow(value)}" for key, value in head.items()]
    return "\n".join([*lines, "steps:", *(f"  - {_step(step)}" for step in steps)]) + "\n"


def _judging(way: _Way, *, probed: bool) -> Iterable[dict[str, Any]]:
    """What always holds."""
    yield {"advance": SETTLING}
    if way.told:
        yield {"expect": {"of": way.told if len(way.told) > 1 else way.told[0], "acknowledged": True}}
    if any(rule["fault"] == TWICE for step in way.steps for rule in step.get("faults", ())):
        yield from ({"expect": {"of": name, "answers": _last(name in way.calls)}} for name in way.told)
    if probed:
        yield from ({"probe": {"of": call, "cdrs": 1}} for call in way.calls)


def _last(is_call: bool) -> dict[str, Any]:  # noqa: FBT001 - it is one or the other
    """The last answer to what comes in every call, or SMS: that to a second copy counts for nothing else."""
    kinds = ("callin", "fee") if is_call else ("sms",)
    return {kind: {"acknowledged": True} for kind in kinds}


def _call(way: _Way, value: Mapping[str, Any]) -> None:
    one = way.ready(value["set"])
    name = f"call{len(way.calls) + 1}"
    known = {key: value[key] for key in ("rings", "talks") if value[key] is not None}
    by = {} if value["released_by"] == "callee" else {"released_by": value["released_by"]}
    end = {} if value["end"].get("outcome") == "answered" else value["end"]
    way.steps.append({"call": {**one["calls"][value["call"]], **end, **_fitting(value["end"], known, by), "as": name}})
    way.calls.append(name)
    way.told.append(name)


def _fitting(end: Mapping[str, Any], known: Mapping[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """How long it rings and talks, where a call that ends so does."""
    outcome = end.get("outcome")
    if outcome == "answered":
        return {**known, **by}
    return {key: value for key, value in known.items() if key == "rings" and outcome in ("rejected", "abandoned")}


def _sms(way: _Way, value: Mapping[str, Any]) -> None:
    one = way.ready(value["set"])
    name = f"sms{len(way.told) - len(way.calls) + 1}"
    way.steps.append({"sms": {**one["sms"][value["sms"]], "as": name}})
    way.told.append(name)


def _unbind(way: _Way, place: int) -> None:
    if place in way.bound:
        way.allowed(place)
        way.steps.append({"unbind": {"of": way.sets[place]["binding"]}})
        way.bound.discard(place)


def _number_status(way: _Way, value: Mapping[str, Any]) -> None:
    way.ready(value["set"])
    way.put(value["set"], value["state"])


STEPS: Mapping[str, Callable[[_Way, Any], None]] = {
    "call": _call,
    "sms": _sms,
    "unbind": _unbind,
    "number_status": _number_status,
    "arrears": lambda way, owes: way.pay(owes=owes),
    "advance": lambda way, span: way.steps.append({"advance": span}),
    "faults": lambda way, rules: way.steps.append({"faults": rules}),
}
"""How each kind of element goes into a scenario."""


def _names(value: Any, name: str) -> bool:
    """Whether steps name somebody."""
    if isinstance(value, dict):
        return any(_names(one, name) for one in value.values())
    if isinstance(value, list):
        return any(_names(one, name) for one in value)
    return value == name or (isinstance(value, str) and f"{{{name}}}" in value)


def _step(step: Mapping[str, Any]) -> str:
    (key,) = step
    return f"{key}: {flow(step[key])}"


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    return orjson.dumps(value).decode()
