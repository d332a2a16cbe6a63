"""What is written of attempts: their rows for readers, and in brief what their commands need to be carried out again."""

from datetime import datetime

from simulator.delivery.attempt import Attempt
from simulator.delivery.delivery import Delivery
from simulator.delivery.outcome import Answered, Result
from simulator.exchange.rows import AttemptEnded, AttemptStarted, Struck

Headers = tuple[tuple[str, str], ...]

JUDGED = frozenset(("content-type", "retry-after"))
"""Headers of an answer that a verdict may hang on."""


def started(delivery: Delivery, attempt: Attempt, headers: Headers, struck: Struck | None) -> AttemptStarted:
    """The row of an attempt that sends its first byte."""
    return AttemptStarted(
        at=attempt.started_at,
        app_key=delivery.app_key,
        call_id=delivery.call_id,
        message_id=delivery.message_id,
        delivery=delivery,
        number=attempt.number,
        headers=headers,
        struck=struck,
    )


def ended(
    delivery: Delivery, attempt: Attempt, result: Result, at: datetime, retry_at: datetime | None
) -> AttemptEnded:
    """The row of an attempt that ended."""
    return AttemptEnded(
        at=at,
        app_key=delivery.app_key,
        call_id=delivery.call_id,
        message_id=delivery.message_id,
        delivery=delivery,
        attempt=attempt,
        answer=result.body if isinstance(result, Answered) else None,
        state=delivery.state,
        retry_at=retry_at,
    )


def start_in_brief(delivery: Delivery, _: Headers, struck: Struck | None = None) -> tuple[object, ...]:
    """What is sent follows from the delivery; only which fault it was sent with must be known."""
    return delivery, (), None if struck is None else Struck(struck.fault)


def end_in_brief(
    delivery: Delivery, result: Result, wall_seconds: float, at: datetime | None = None
) -> tuple[object, ...]:
    """Of an answer what it is judged by: its body only where it decides something."""
    if isinstance(result, Answered):
        headers = tuple(header for header in result.headers if header[0].lower() in JUDGED)
        result = result._replace(headers=headers, body=result.body if delivery.asks else b"")
    return delivery, result, wall_seconds, at
