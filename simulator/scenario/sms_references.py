"""What a schema cannot say of SMS in a scenario: who is named in a text, who decides, and what is expected of which."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.scenario.naming import NAMED, nobody, of_cast
from simulator.scenario.places import Place, Problem, of_key, of_value

SMS_PARTIES = ("from", "to")
ASKING_MODES = ("AX", "X")
DECISIONS = ("route", "discard", "answer")
"""What `decide_sms` may say: one of these."""
EXPECTED_OF = {"hangup_cause": ("call", "an SMS", "a call"), "send_result": ("sms", "a call", "an SMS")}
"""What is expected of one kind only: that kind, and how the other and this one are called."""

Tree = Mapping[str, Any]
Made = Mapping[str, list[str]]


def decided_sms(tree: Tree, place: Place) -> Iterator[Problem]:
    """Whether the sample receiver is told one decision on SMS, in a mode that asks for it."""
    behaviour = tree.get("receiver") or {}
    decide = behaviour.get("decide_sms")
    if decide is None:
        return
    place = of_value(tree, "receiver", place)
    mode = (tree.get("app") or {}).get("mode", "AXB")
    if mode not in ASKING_MODES:
        what = f"decide_sms stands in mode {mode}, instead of {' or '.join(ASKING_MODES)}: no other mode asks"
        yield Problem(of_key(behaviour, "decide_sms", place), what)
    yield from _decision(decide, list(tree.get("cast") or {}), of_value(behaviour, "decide_sms", place))


def _decision(decide: Tree, cast: list[str], place: Place) -> Iterator[Problem]:
    chosen = [key for key in DECISIONS if key in decide]
    if len(chosen) != 1:
        told = " and ".join(chosen) or "neither"
        yield Problem(place, f"decide_sms says {told}, instead of one of: {', '.join(DECISIONS)}")
    elif "answer" in decide and "user_data" in decide:
        yield Problem(of_key(decide, "user_data", place), "user_data stands beside answer, instead of nothing")
    elif "route" in decide and str(decide["route"])[0].isalpha():
        yield from of_cast(decide, "route", cast, place)


def named_in_text(body: Tree, cast: list[str], place: Place) -> Iterator[Problem]:
    """`{B}` in a text must stand for somebody."""
    for name in NAMED.findall(str(body["text"])):
        if name not in cast:
            what = nobody(f"text names {{{name}}}", cast, "a name of the cast", name)
            yield Problem(of_value(body, "text", place), what)


def fitting(body: Tree, made: Made, place: Place) -> Iterator[Problem]:
    """A hangup cause is a call's, a sendResult an SMS's."""
    of = body.get("of", made["told"][-1:])
    for key, (kind, other, right) in EXPECTED_OF.items():
        names = [of] if isinstance(of, str) else of
        wrong = next((name for name in names if name in made["told"] and name not in made[kind]), None)
        if key in body and wrong is not None:
            yield Problem(
                of_key(body, key, place), f"{key} is expected of {wrong}, which is {other}, instead of {right}"
            )
