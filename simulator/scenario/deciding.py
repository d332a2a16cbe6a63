"""What the sample receiver answers when a call or an SMS is put to it, as a scenario says it (axe_axyb_x.md 3.2, 4)."""

from collections.abc import Mapping
from typing import Any

import orjson

from simulator.contract import decisions
from simulator.scenario.cast import Cast
from simulator.scenario.language import SmsAnswer

WORD_FOR_WORD = "answer"
NUMBERS = ("callee", "display")

Decide = Mapping[str, object]
"""A decision in the core's words, or under `answer` what is answered word for word."""


def connect_to(number: str) -> bytes:
    """The decision to let a caller reach this number."""
    return decisions.written({"operation": decisions.CONNECT, "callee": number})


def close() -> bytes:
    """The decision to let a caller reach nobody."""
    return decisions.written({"operation": decisions.CLOSE})


def answer_of(decide: Decide | None, cast: Cast) -> bytes:
    """The answer's bytes, with the numbers of the cast for their names; without a wish it closes."""
    if decide is None:
        return close()
    if WORD_FOR_WORD not in decide:
        return decisions.written(
            {word: _resolved(value, cast) if word in NUMBERS else value for word, value in decide.items()}
        )
    return _word_for_word(decide[WORD_FOR_WORD], cast)


def sms_answer_of(decide: Decide | None, cast: Cast) -> SmsAnswer | bytes:
    """What is answered to a Block: forwarded to a number of the cast, word for word, or without a wish discarded."""
    if decide is None:
        return SmsAnswer()
    if WORD_FOR_WORD in decide:
        return _word_for_word(decide[WORD_FOR_WORD], cast)
    words = {word: str(value) for word, value in decide.items()}
    destination = words.get("destination")
    return SmsAnswer(None if destination is None else cast.get(destination, destination), words.get("user_data"))


def _word_for_word(answer: object, cast: Cast) -> bytes:
    return answer.encode() if isinstance(answer, str) else orjson.dumps(_resolved(answer, cast))


def _resolved(value: Any, cast: Cast) -> Any:
    if isinstance(value, dict):
        return {name: _resolved(member, cast) for name, member in value.items()}
    if isinstance(value, list):
        return [_resolved(item, cast) for item in value]
    return cast.get(value, value) if isinstance(value, str) else value
