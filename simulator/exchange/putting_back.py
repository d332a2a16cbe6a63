"""A running exchange becomes what a snapshot says: bindings, calls, deliveries and clock as they were; its rows stay.

A snapshot holds no secret, so it can only speak of applications that are there. Where there is a log, the new state
takes the place of everything entered before.
"""

from simulator.exchange.exchange import Exchange
from simulator.exchange.snapshots import BadState, restore, snapshot
from simulator.telephony.errors import NotPossible


def put_back(exchange: Exchange, state: bytes) -> None:
    """Make it what was written; raises BadState or NotPossible, and then everything is as it was."""
    if exchange.outbox.in_flight:
        raise NotPossible(f"{exchange.outbox.in_flight} attempts are on their way; wait until they have ended")
    exchange.clockwork.set_scale(exchange.clock.scale)
    secrets = {app.app_key: app.secret for app in exchange.apps()}
    before = snapshot(exchange)
    try:
        _become(exchange, state, secrets)
        _check_known(exchange, secrets)
    except (BadState, NotPossible):
        _become(exchange, before, secrets)
        raise
    if exchange.core.recorder is not None:
        exchange.core.recorder.keep_state()
    exchange.was_put_back()


def _become(exchange: Exchange, state: bytes, secrets: dict[str, str]) -> None:
    exchange.deadlines.begin_anew()
    restore(exchange, state, secrets)


def _check_known(exchange: Exchange, secrets: dict[str, str]) -> None:
    unknown = [app.app_key for app in exchange.apps() if app.app_key not in secrets]
    if unknown:
        there = ", ".join(secrets) or "none"
        raise NotPossible(
            f"the snapshot has application {unknown[0]!r}, whose secret is in no snapshot; add it first. There is {there}"
        )
