"""What a schema cannot say of a scenario: names that stand for something, rules between keys, codes that exist."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.contract.codes import hangup_causes
from simulator.contract.faults import BadFault, rule
from simulator.contract.fields import words
from simulator.contract.operations import operation_names, operations_of
from simulator.contract.profile import Profile, ProfileError
from simulator.contract.schemas import known as schema_known
from simulator.scenario import about_numbers, customer_references
from simulator.scenario.naming import nobody, of_cast
from simulator.scenario.nearest import suggestion
from simulator.scenario.places import Place, Problem, of_key, of_value
from simulator.scenario.plain import plain
from simulator.scenario.shapes import shown
from simulator.scenario.sms_references import SMS_PARTIES, decided_sms, fitting, named_in_text
from simulator.scenario.walking import Around, Walk

PARTIES = ("caller", "callee", "dialled", "number", "user", "y_number", "callback_number")
GIVEN_BY_NAME = ("subscription_id", "session_id", "signal")
BY_DEFAULT = {"bind": "binding", "call": "call", "sms": "sms"}
ABOUT_CALLS = ("expect", "release", "terminate")
ABOUT_BINDINGS = ("unbind", "modify", "query", "set_callee")
ASKING_MODE = "X"
CONNECT_KEYS = ("display", "max_minutes", "record", "record_tone", "last_minute_tone", "caller_tone", "callee_tone")
DECISIONS = {"connect": (*CONNECT_KEYS, "user_data"), "close": ("close_tone", "user_data"), "answer": ()}
"""What `decide` may say, and what goes with each."""

Tree = Mapping[str, Any]


def problems(tree: Tree, place: Place, statics: Tree | None = None) -> Iterator[Problem]:
    """Faults of a tree whose shape is right; `statics` are the variables and parameters that were put in."""
    yield from _header(tree, place)
    yield from _decide(tree, place)
    yield from decided_sms(tree, place)
    yield from _profile(tree, place)
    cast = list(tree.get("cast") or {})
    made: dict[str, list[str]] = {"binding": [], "call": [], "sms": [], "told": []}
    made["number"] = about_numbers.x_names(tree.get("cast") or {})
    mode = str((tree.get("app") or {}).get("mode", "AXB"))
    yield from _faults(tree, mode, place)
    yield from customer_references.header(tree, mode, place)

    def of_step(step: Tree, at: Place) -> Iterator[Problem]:
        yield from _faults(step, mode, at)
        for kind, body in step.items():
            is_answer = kind == "expect" and bool(set(step) - {"expect", *customer_references.BESIDE})
            where = of_value(step, kind, at)
            if kind in customer_references.STEPS:
                yield from customer_references.step(kind, body, mode, (cast, made), where)
            elif isinstance(body, dict) and not is_answer:
                yield from _operation(kind, body, mode, where)
                yield from _body(kind, body, (cast, made), where)
                if kind == "expect":
                    yield from customer_references.demands(body, mode, [*made["told"], *made["number"]], where)

    walk = Walk(cast, made, of_step, lambda step: _remember(step, made, cast))
    yield from walk.steps(tree["steps"], of_value(tree, "steps", place), Around(statics or {}))


def _faults(tree: Tree, mode: str, place: Place) -> Iterator[Problem]:
    """Whether each fault takes what it is given, and can hit anything in the mode."""
    listed = tree.get("faults") or []
    place = of_value(tree, "faults", place) if listed else place
    for index, one in enumerate(listed):
        try:
            rule(plain(one), mode)
        except BadFault as wrong:
            yield Problem(of_value(listed, index, place), str(wrong))


def _header(tree: Tree, place: Place) -> Iterator[Problem]:
    stem = Path(place.file).stem.removesuffix(".pnsim")
    if tree["scenario"] != stem:
        what = f"scenario is {shown(tree['scenario'])}, instead of {stem!r}, the file's name"
        yield Problem(of_value(tree, "scenario", place), what)
    if "receiver" in tree and "needs" not in tree:
        what = "receiver says how the sample receiver misbehaves, but 'needs: sample_receiver' is missing: add it"
        yield Problem(of_key(tree, "receiver", place), what)
    behaviour = tree.get("receiver") or {}
    modes = [key for key in ("answer", "hang", "cut", "garbage") if behaviour.get(key)]
    if len(modes) > 1:
        what = f"receiver is told to {' and '.join(modes)}, instead of one of them"
        yield Problem(of_key(behaviour, modes[1], of_value(tree, "receiver", place)), what)


def _decide(tree: Tree, place: Place) -> Iterator[Problem]:
    """Whether the sample receiver is told one decision, in the mode that asks for it."""
    behaviour = tree.get("receiver") or {}
    decide = behaviour.get("decide")
    if decide is None:
        return
    place = of_value(tree, "receiver", place)
    mode = (tree.get("app") or {}).get("mode", "AXB")
    if mode != ASKING_MODE:
        what = f"decide stands in mode {mode}, instead of {ASKING_MODE}: no other mode asks"
        yield Problem(of_key(behaviour, "decide", place), what)
    yield from _decision(decide, list(tree.get("cast") or {}), of_value(behaviour, "decide", place))


def _decision(decide: Tree, cast: list[str], place: Place) -> Iterator[Problem]:
    chosen = [key for key in DECISIONS if key in decide]
    if len(chosen) != 1:
        told = " and ".join(chosen) or "neither"
        yield Problem(place, f"decide says {told}, instead of one of: {', '.join(DECISIONS)}")
        return
    fitting = DECISIONS[chosen[0]]
    for key in decide:
        if key not in (chosen[0], *fitting):
            what = f"{key} stands beside {chosen[0]}, instead of {', '.join(fitting) or 'nothing'}"
            yield Problem(of_key(decide, key, place), what)
    for key in ("connect", "display"):
        if key in decide and str(decide[key])[0].isalpha():
            yield from of_cast(decide, key, cast, place)


def _profile(tree: Tree, place: Place) -> Iterator[Problem]:
    overrides = (tree.get("app") or {}).get("profile") or {}
    for name, value in overrides.items():
        try:
            Profile.default().with_overrides({name: value}, "app")
        except ProfileError as error:
            yield Problem(of_key(overrides, name, place), str(error))


def _operation(kind: str, body: Tree, mode: str, place: Place) -> Iterator[Problem]:
    """Whether the mode has the operation, and the operation what it is given; a request may leave out what it must have."""
    name = str(body.get("operation", kind))
    if name not in operation_names():
        return
    row = operations_of(mode).get(name)
    if row is None:
        there = ", ".join(operations_of(mode))
        yield Problem(place, f"{name} is no operation of mode {mode}, instead of one of: {there}")
        return
    keys, carried = _keys(kind), words(row.request)
    for key in body:
        if key in keys and keys[key] not in carried:
            fitting = ", ".join(key for key, word in keys.items() if word in carried)
            what = f"{name} of mode {mode} has no key {key!r}. It knows: {fitting}"
            yield Problem(of_key(body, key, place), what)
    for key in keys if kind != "request" and "of" not in body else ():
        if carried.get(keys[key]) and key not in body and keys[key] not in GIVEN_BY_NAME:
            meaning = schema_known("scenario")["$defs"][kind]["properties"][key]["description"]
            yield Problem(place, f"{kind} lacks {key!r}: {meaning}")


def _keys(kind: str) -> dict[str, str]:
    """The keys of a step that are words of a request."""
    shape = schema_known("scenario")["$defs"][kind]["properties"]
    return {key: rule["x-word"] for key, rule in shape.items() if "x-word" in rule}


def _body(kind: str, body: Tree, known: tuple[list[str], dict[str, list[str]]], place: Place) -> Iterator[Problem]:
    cast, made = known
    if kind == "number_status":
        yield from about_numbers.number_status(body, made["number"], place)
        return
    for key in (*PARTIES, *(SMS_PARTIES if kind == "sms" else ())):
        if key in body and str(body[key])[0].isalpha():
            yield from of_cast(body, key, cast, place)
    yield from _about(kind, body, made, place)
    yield from _codes(body, place)
    if kind == "sms":
        yield from named_in_text(body, cast, place)


def _about(kind: str, body: Tree, made: dict[str, list[str]], place: Place) -> Iterator[Problem]:
    """Whether what a step is about was made before it."""
    if kind == "expect" and customer_references.asks_only(body):
        return
    if kind == "expect" and about_numbers.is_about_numbers(body, made["number"]):
        yield from about_numbers.expectation(body, made["number"], place)
        return
    if "of" in body:
        yield from _of(kind, body, made, place)
    elif kind in ABOUT_CALLS and not _there_to_be_about(kind, made) and "session_id" not in body:
        what = "a call or SMS, but no call or sms step" if kind == "expect" else "a call, but no call step"
        yield Problem(place, f"{kind} is about {what} stands before it")
    elif kind in ABOUT_BINDINGS and not made["binding"] and not _names_a_binding(kind, body):
        yield Problem(place, f"{kind} says neither 'of' nor 'number', and no bind step stands before it")
    if kind == "expect":
        yield from fitting(body, made, place)


def _there_to_be_about(kind: str, made: dict[str, list[str]]) -> bool:
    return bool(made["call"] or (kind == "expect" and made["sms"]))


def _names_a_binding(kind: str, body: Tree) -> bool:
    return "number" in body or (kind == "query" and "user" in body)


def _of(kind: str, body: Tree, made: dict[str, list[str]], place: Place) -> Iterator[Problem]:
    about_call = kind in ABOUT_CALLS or body.get("operation") in ("recording_address", "terminate")
    wanted = "call or SMS" if kind == "expect" and made["sms"] else "call" if about_call else "binding"
    known = made["call"] + made["sms"] if kind == "expect" else made[wanted]
    of = body["of"]
    names = of if isinstance(of, list) else [of]
    for index, name in enumerate(names):
        at = of_value(of, index, place) if isinstance(of, list) else of_value(body, "of", place)
        if name not in known:
            yield Problem(at, nobody(f"of is {name!r}", known, f"a {wanted} made before", name))


def _codes(body: Tree, place: Place) -> Iterator[Problem]:
    cause = body.get("hangup_cause")
    if cause is not None and cause not in hangup_causes():
        near = suggestion(cause, hangup_causes())
        what = f"hangup_cause is {cause}, instead of a code that `pnsim causes` lists{near}"
        yield Problem(of_value(body, "hangup_cause", place), what)
    if cause is not None and "outcome" in body:
        yield Problem(of_key(body, "outcome", place), "outcome stands beside hangup_cause, instead of one of the two")


def _remember(step: Tree, made: dict[str, list[str]], cast: list[str]) -> None:
    for kind, body in step.items():
        operation = body.get("operation") if kind in ("request", "await_request") else kind
        if operation in BY_DEFAULT and not body.get("refused"):
            _named(str(body.get("as", BY_DEFAULT[operation])), "binding" if operation == "bind" else operation, made)
        if isinstance(body, dict) and "number_as" in body:
            cast.append(str(body["number_as"]))
            made["number"].append(str(body["number_as"]))


def _named(name: str, kind: str, made: dict[str, list[str]]) -> None:
    """A name stands for the latest call or SMS that was given it; the latest of both is the last of `told`."""
    if kind != "binding":
        for others in (made["call"], made["sms"], made["told"]):
            if name in others:
                others.remove(name)
        made["told"].append(name)
    made[kind].append(name)
