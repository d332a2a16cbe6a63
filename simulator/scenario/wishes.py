"""What a call or SMS step asks the simulator to play, in the control plane's words."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.scenario.language import PlayCall, PlaySms
from simulator.scenario.naming import NAMED

Wish = dict[str, Any]


def of_call(step: PlayCall, number: Callable[[object], object]) -> Wish:
    """A call; `number` knows the cast."""
    return _said(
        {
            "caller": number(step.caller),
            "dialled": number(step.dialled),
            "outcome": step.outcome,
            "rings_seconds": step.rings_seconds,
            "talks_seconds": step.talks_seconds,
            "released_by": step.released_by,
            "hangup_cause": step.hangup_cause,
            "extension": list(step.extensions) or None,
        }
    )


def of_sms(step: PlaySms, cast: Mapping[str, str]) -> Wish:
    """An SMS, with the numbers of the cast for their names in its text."""
    return _said(
        {
            "sender": cast.get(step.sender, step.sender),
            "x_number": cast.get(step.x_number, step.x_number),
            "text": NAMED.sub(lambda found: cast.get(found[1], found[0]), step.text),
            "send_result": step.send_result,
        }
    )


def _said(wish: Wish) -> Wish:
    return {word: value for word, value in wish.items() if value is not None}
