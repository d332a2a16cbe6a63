"""The customer's decision on an SMS, read from the answer to its Block and, for the sample receiver, written.

`schemas/decisions/sms_block.json` is the table (notifications.md 4.3, axe_axyb_x.md 4).
"""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from simulator.contract.bodies import json_object
from simulator.contract.decisions import NO_NUMBER, BadDecision
from simulator.contract.fields import Field, read, table
from simulator.contract.messages import BLOCK, MODES
from simulator.contract.profile import Profile
from simulator.contract.schemas import known
from simulator.telephony.commands.messages import Discard, Forward, SmsDecision
from simulator.telephony.errors import Refused
from simulator.telephony.numbering import NumberKind, kind_of

SCHEMA = f"decisions/{BLOCK}"
FORWARD, DISCARD = "vNumberRoute", "DiscardMessage"
ACTIONS, OPERATION, MESSAGE = "actions", "operation", "message"
RESERVED = "extParas"

Members = Mapping[str, Any]


def asks(notification: Any) -> bool:
    """Whether a notification's body waits for a decision on an SMS."""
    event = notification.get("smsEvent") if isinstance(notification, dict) else None
    return isinstance(event, dict) and event.get("notificationMode") == MODES[BLOCK]


def decision(body: bytes, profile: Profile, sender: str) -> SmsDecision:
    """The decision on an SMS of `sender` in an answer's body; raises BadDecision."""
    action = _action(body, profile)
    operation = _operation(action)
    user_data = _values(_action_fields(), action, profile).get("user_data")
    if operation == DISCARD:
        return Discard(user_data)
    forward = Forward(**_values(_message_fields(), _message(action), profile), user_data=user_data)
    if kind_of(forward.destination) is NumberKind.MALFORMED:
        raise BadDecision(f"the decision's {_message_fields()[0].wire}: {forward.destination!r} {NO_NUMBER}")
    if profile.sms_foreign_calling == "invalid" and forward.sender not in (None, sender):
        raise BadDecision(f"the decision's calling is {forward.sender}, instead of {sender} as in the Block")
    return forward


def remarks(body: bytes, sender: str) -> Iterator[str]:
    """What is ignored in a valid decision on an SMS of `sender`, or is not as the documents have it."""
    members = orjson.loads(body)
    action = _only(members[ACTIONS])
    yield from _ignored(members, (ACTIONS,))
    yield from _ignored(action, (*(field.wire for field in _action_fields()), MESSAGE, RESERVED))
    message = action.get(MESSAGE)
    if action[OPERATION] == FORWARD:
        names = [field.wire for field in _message_fields()]
        yield from _ignored(message, names)
        calling = message.get(names[-1])
        if calling in (None, ""):
            yield f"the decision has no {names[-1]}; documented is the {sender} of the Block"
        elif calling != sender:
            yield f"the decision's {names[-1]} is {calling}, instead of {sender} as in the Block"


def written(destination: str | None, user_data: str | None, asking: Members) -> bytes:
    """A decision as a customer answers it to this Block: forward the SMS to a number, or without one discard it."""
    action: dict[str, object] = {OPERATION: DISCARD if destination is None else FORWARD}
    if destination is not None:
        called, calling = (field.wire for field in _message_fields())
        action[MESSAGE] = {called: destination, calling: asking["smsEvent"].get("calling")}
    if user_data is not None:
        action["userData"] = user_data
    return orjson.dumps({ACTIONS: [action]})


def _action(body: bytes, profile: Profile) -> Members:
    """The one action, which may stand alone or in a list."""
    try:
        members = json_object(body, profile)
    except Refused as unreadable:
        raise BadDecision(unreadable.explanation) from None
    actions = members.get(ACTIONS)
    if actions is None:
        raise BadDecision(f"the decision lacks {ACTIONS}{_misspelled(ACTIONS, members)}")
    if isinstance(actions, list) and len(actions) != 1:
        raise BadDecision(f"{ACTIONS} is a list of {len(actions)}, instead of an object or a list of one")
    action = _only(actions)
    if not isinstance(action, dict):
        raise BadDecision(f"{ACTIONS} is {action!r:.60}, instead of an object or a list of one")
    return action


def _operation(action: Members) -> str:
    operation = action.get(OPERATION)
    if operation is None or operation == "":
        raise BadDecision(f"the decision lacks {OPERATION}{_misspelled(OPERATION, action)}")
    if operation in (FORWARD, DISCARD):
        return str(operation)
    near = difflib.get_close_matches(str(operation), (FORWARD, DISCARD), 1)
    hint = f"; is {near[0]} meant?" if near else ""
    raise BadDecision(f"{OPERATION} is {operation!r:.60}, instead of {FORWARD} or {DISCARD}{hint}")


def _message(action: Members) -> Members:
    message = action.get(MESSAGE)
    if message is None:
        raise BadDecision(f"the decision lacks {MESSAGE}{_misspelled(MESSAGE, action)}")
    if not isinstance(message, dict):
        raise BadDecision(f"{MESSAGE} is {message!r:.60}, instead of an object")
    return message


def _only(actions: Any) -> Any:
    return actions[0] if isinstance(actions, list) else actions


def _values(fields: tuple[Field, ...], members: Members, profile: Profile) -> dict[str, Any]:
    """The members that have a word of the core; raises BadDecision for the first that is missing or wrong."""
    try:
        values = read(fields, members, profile)
    except Refused as wrong:
        raise BadDecision(f"the decision's {wrong.explanation}") from None
    values.pop(OPERATION, None)
    return values


def _ignored(members: Members, known: tuple[str, ...] | list[str]) -> Iterator[str]:
    for name in members:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.7)
            yield f"the decision's {name:.60} is ignored" + (f"; is {near[0]} meant?" if near else "")


def _misspelled(name: str, members: Members) -> str:
    near = difflib.get_close_matches(name, [other for other in members if other != name], 1)
    return f"; {near[0]!r} was given" if near else ""


@cache
def _rule() -> Members:
    rule: Members = known(SCHEMA)["properties"][ACTIONS]
    return rule


@cache
def _action_fields() -> tuple[Field, ...]:
    described = {name: rule for name, rule in _rule()["properties"].items() if "x-field" in rule}
    return table({"properties": described})


@cache
def _message_fields() -> tuple[Field, ...]:
    return table(_rule()["then"]["properties"][MESSAGE])
