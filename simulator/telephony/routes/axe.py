"""Who is reached in mode AXE: A behind the keyed extension, or, when A dials X, who called A last (axe_axyb_x.md 1.0)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from simulator.telephony.bindings.axe import AxeBinding, AxeBindings
from simulator.telephony.commands.calls import Dial
from simulator.telephony.numbering import XNumber
from simulator.telephony.release import (
    CALLER_HUNG_UP_BEFORE_FORWARDING,
    NO_CALLBACK_RECORD,
    NO_EXTENSION_KEYED,
    NO_SUCH_EXTENSION,
    REAL_NUMBER_NOT_ALLOWED,
)
from simulator.telephony.routing import CallDirection, Route, RoutingRules, barred

REAL_NUMBER = "1"
"""The `display` of a binding whose A shall see who really calls."""


@dataclass(frozen=True, slots=True)
class AxeRules:
    """What the profile leaves to the platform when an extension is collected, and when nobody is to be called back."""

    digit_repeats: int = 2
    collect_seconds: float = 5
    tone_seconds: float = 5
    fallback_number: str | None = None
    real_number_allowed: bool = False
    extension_of_callback: bool = True
    no_callback_is_abnormal: bool = True


class Incoming(NamedTuple):
    """A call that comes in on an X number."""

    x_number: XNumber
    caller: str
    dial: Dial
    at: datetime


def route_axe(call: Incoming, bindings: AxeBindings, common: RoutingRules, rules: AxeRules) -> Route:
    """Route a call to X: of one of its own A to the last caller, of anybody else by extension."""
    refused = barred(call.x_number, call.caller, common)
    if refused is not None:
        return refused
    own = bindings.of_user(call.x_number.number, call.caller)
    if own is not None:
        return _call_back(own, bindings.last_caller(own.subscription_id, call.at), rules)
    return _collect(call, bindings, rules)


def _call_back(binding: AxeBinding, last_caller: str | None, rules: AxeRules) -> Route:
    """A dials X: the last caller, else the binding's number, else its tone, else what the application has set."""
    route = Route(
        CallDirection.CALLER_TO_CALLEE,
        subscription_id=binding.subscription_id,
        user_data=binding.user_data,
        record=bool(binding.record),
        record_tone=binding.record_tone,
        extension=binding.extension if rules.extension_of_callback else None,
    )
    fallback = rules.fallback_number if binding.callback_tone is None else None
    destination = last_caller or binding.callback_number or fallback
    if destination is not None:
        return replace(route, destination=destination)
    direction = CallDirection.ABNORMAL if rules.no_callback_is_abnormal else route.direction
    return replace(route, direction=direction, refusal=NO_CALLBACK_RECORD, prompt_seconds=rules.tone_seconds)


def _collect(call: Incoming, bindings: AxeBindings, rules: AxeRules) -> Route:
    """Anybody else dials X: digits are collected, again when they were wrong, and at last the call is given up."""
    tries = (*call.dial.extensions, *("" for _ in range(rules.digit_repeats + 1)))[: rules.digit_repeats + 1]
    if not any(tries):
        return _nothing_keyed(call.dial, tries, rules)
    for count, digits in enumerate(tries, 1):
        found = bindings.find(call.x_number.number, digits)
        if found is not None and _is_alive(found, call.at + timedelta(seconds=count * rules.collect_seconds)):
            return _to_user(found, call.caller, tries[:count], rules)
    return Route(CallDirection.ABNORMAL, refusal=NO_SUCH_EXTENSION, collected=tries)


def _is_alive(binding: AxeBinding, at: datetime) -> bool:
    """A binding that ends before its extension is keyed reaches nobody (axe_axyb_x.md 1.0)."""
    return binding.expires_at is None or at < binding.expires_at


def _nothing_keyed(dial: Dial, tries: tuple[str, ...], rules: AxeRules) -> Route:
    """The caller listens in silence to the end, or hangs up during the first prompt."""
    if dial.hangup_cause is not None:
        return Route(CallDirection.ABNORMAL, refusal=NO_EXTENSION_KEYED)
    if dial.outcome == "abandoned":
        hung_up = CALLER_HUNG_UP_BEFORE_FORWARDING
        return Route(CallDirection.ABNORMAL, refusal=hung_up, prompt_seconds=rules.collect_seconds)
    return Route(CallDirection.ABNORMAL, refusal=NO_EXTENSION_KEYED, collected=tries)


def _to_user(binding: AxeBinding, caller: str, keyed: tuple[str, ...], rules: AxeRules) -> Route:
    shows_caller = binding.display == REAL_NUMBER
    if shows_caller and not rules.real_number_allowed:
        return Route(CallDirection.ABNORMAL, refusal=REAL_NUMBER_NOT_ALLOWED, collected=keyed)
    return Route(
        CallDirection.CALLEE_TO_CALLER,
        binding.user,
        subscription_id=binding.subscription_id,
        user_data=binding.user_data,
        record=bool(binding.record),
        record_tone=binding.record_tone,
        shown=caller if shows_caller else None,
        collected=keyed,
        extension=binding.extension,
    )
