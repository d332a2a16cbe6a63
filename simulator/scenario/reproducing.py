"""The story that brings a hangup cause about, made from `schemas/codes/reproductions.json`: every (cause, mode) in one place.

A story is a scenario like any other; who takes part is called caller, callee, x_number and y_number.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from simulator.contract.reproductions import (
    CONDITION,
    Reproduction,
    Tree,
    diverting_numbers,
    judged_kinds,
    number_rules,
    reproductions,
    values,
)
from simulator.scenario.language import Scenario
from simulator.scenario.loader import of_tree
from simulator.telephony.numbering import kind_of

LONGEST_TITLE = 200
ASKING_MODE = "X"
VALUE = "$"
"""What a value of `--set` begins with in a story."""
SET_FOR_THE_CALL = "the cause is set for this call", "为该呼叫设置此挂机原因"

Settings = Mapping[str, str]
"""What the user gave: numbers of the cast and values, by name."""


def every_scenario(*, decided: bool = True) -> Iterator[tuple[Reproduction, Scenario]]:
    """Each cause in each mode where it can occur, with the story that ends with it."""
    for one in reproductions():
        yield one, scenario_of(one, decided=decided)


def scenario_of(
    one: Reproduction, settings: Settings | None = None, features: Collection[str] = (), *, decided: bool = True
) -> Scenario:
    """The story of a reproduction; `complaint` says which settings it cannot have, they raise ScenarioError.

    `features` are those of the application that it is played with: a story turns on and off what it hangs on.

    `decided`: the receiver decides about calls as the story wants it, as the sample receiver does. Others answer what
    they like; so the cause is then set for the call, where it would else hang on the answer.
    """
    tree = tree_of(one, settings or {}, features, decided=decided)
    return of_tree(tree, str(tree["scenario"]))


def names_of(one: Reproduction) -> list[str]:
    """What may be set in a reproduction: its cast, and the values that its story uses."""
    story = _story(one, one.change)
    used = set(_values_in(story))
    return [*story["cast"], *(name for name, value in values().items() if name in used and "length_of" not in value)]


def complaint(one: Reproduction, name: str, value: str) -> str:
    """What would be right where `value` cannot be set for one of `names_of`; empty when it can."""
    entry = _story(one, one.change)["cast"].get(name)
    rules = number_rules()
    rule = values()[name] if entry is None else rules["x" if isinstance(entry, dict) else "party"]
    return "" if re.fullmatch(rule["pattern"], value) else str(rule["right"])


def is_forced(one: Reproduction, settings: Settings | None = None, *, decided: bool) -> bool:
    """Whether the cause is set for the call, instead of following by itself."""
    hangs_on_the_answer = one.mode == ASKING_MODE and "undecided" not in one.change
    return one.how == CONDITION or (hangs_on_the_answer and not decided) or _is_diverted(one, settings or {})


def _is_diverted(one: Reproduction, settings: Settings) -> bool:
    """Whether the call with these numbers would by itself end otherwise: 7506 needs a malformed callee, 8102 none."""
    needed = one.change.get("needs", ())
    return any(
        (kind_of(settings[name]).value == row["kind"]) != (name in needed)
        for name, row in diverting_numbers().items()
        if name in settings and one.release.stage in row["stages"]
    )


def tree_of(
    one: Reproduction, settings: Settings, features: Collection[str] = (), *, decided: bool = True
) -> dict[str, Any]:
    """The story as a scenario file would have it."""
    forced = is_forced(one, settings, decided=decided)
    by_itself = forced and one.how != CONDITION
    story = _filled(_story(one, _set_for_the_call(one) if by_itself else one.change), settings)
    call = {**story["call"], **({"hangup_cause": one.cause.code} if forced else {})}
    done, done_zh = SET_FOR_THE_CALL if by_itself else (one.en, one.zh)
    tree = {
        "scenario": f"cause_{one.cause.code}_{one.mode.lower()}",
        "title": f"{one.cause.code} in {one.mode}: {done} ({done_zh})"[:LONGEST_TITLE],
        "app": {**story["app"], **_features(one, features)},
        "cast": _cast(story["cast"], settings),
        "steps": [
            *({"bind": bind} for bind in story["binds"]),
            {"call": call},
            *story["after"],
            {"expect": _expected(one, forced=by_itself)},
        ],
    }
    if decided and one.mode == ASKING_MODE:
        tree |= {"needs": "sample_receiver", "receiver": {"decide": story["decide"]}}
    return tree


def _set_for_the_call(one: Reproduction) -> Tree:
    """What remains of the change when the cause is set for the call: who takes part, and that nothing is keyed."""
    silent = "extension" in one.change.get("call", {})
    cast = one.change.get("cast", {})
    there = {name: entry for name, entry in cast.items() if entry is not None}
    return {"cast": there if one.story["binds"] else cast, "call": {"extension": None} if silent else None}


def _features(one: Reproduction, features: Collection[str]) -> dict[str, list[str]]:
    wanted = one.change.get("features")
    if wanted is None:
        return {}
    return {
        "features": [*(name for name in features if name not in wanted), *(name for name in wanted if wanted[name])]
    }


def _expected(one: Reproduction, *, forced: bool) -> dict[str, Any]:
    """Passed is who acknowledges the disconnect with the cause, and the CDR with the codes that belong to it."""
    return {
        "notifications": one.kinds(one.events_when_set if forced else one.events),
        "acknowledged": list(judged_kinds()),
        "hangup_cause": one.cause.code,
        "fields": {kind: dict(members) for kind, members in one.codes.items()},
    }


def _story(one: Reproduction, change: Tree) -> dict[str, Any]:
    """The ordinary story of the mode with what differs from it."""
    story = one.story
    binds = list(change.get("binds", story["binds"]))
    if "bind" in change:
        binds[0] = _merged(binds[0], change["bind"])
    return {
        **{part: _merged(story[part], change.get(part) or {}) for part in ("app", "cast", "call")},
        "binds": binds,
        "after": change.get("after", []),
        "decide": change.get("decide", story.get("decide")),
    }


def _merged(base: Tree, change: Tree) -> dict[str, Any]:
    """`base` with the members of `change`; a member that is None goes."""
    both = {**base, **change}
    return {name: member for name, member in both.items() if member is not None}


def _cast(entries: Tree, settings: Settings) -> dict[str, Any]:
    """The cast with the numbers that were given; who was given none makes way for them."""
    numbers = {name: entry["number"] if isinstance(entry, dict) else entry for name, entry in entries.items()}
    taken = {settings[name] for name in entries if name in settings}
    cast: dict[str, Any] = {}
    for name, entry in entries.items():
        number = settings.get(name) or _free(numbers[name], taken)
        taken.add(number)
        cast[name] = {**entry, "number": number} if isinstance(entry, dict) else number
    return cast


def _free(number: str, taken: set[str]) -> str:
    """`number`, or the next one that nobody has."""
    plus, digits = ("+" if number.startswith("+") else ""), int(number.removeprefix("+"))
    return next(one for one in (f"{plus}{digits + n}" for n in range(len(taken) + 1)) if one not in taken)


def _filled(part: Any, settings: Settings) -> Any:
    """`part` with the values in their places; what holds a value that is not set is left out."""
    if isinstance(part, dict):
        members = {name: _filled(member, settings) for name, member in part.items()}
        return {name: member for name, member in members.items() if member is not None}
    if isinstance(part, list):
        items = (_filled(item, settings) for item in part)
        return [item for item in items if item is not None]
    if isinstance(part, str) and part.startswith(VALUE):
        return _value(part.removeprefix(VALUE), settings)
    return part


def _value(name: str, settings: Settings) -> str | int | None:
    value = values()[name]
    if "length_of" in value:
        return len(str(_value(value["length_of"], settings)))
    return settings.get(name, value.get("default"))


def _values_in(part: Any) -> Iterator[str]:
    if isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _values_in(inner)
    elif isinstance(part, str) and part.startswith(VALUE):
        yield part.removeprefix(VALUE)
