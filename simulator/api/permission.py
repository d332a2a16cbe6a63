"""What an application that authenticated may ask for, in the order of the platform's tables (recording_auth_codes.md 2.4, 3).

Method, state of the application, flow control, frozen account and arrears, mode, traffic control, address.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from simulator.api.credentials import Fault
from simulator.api.incoming import Incoming
from simulator.api.limits import MinuteLimits, Requester
from simulator.api.routes import Offer, Route
from simulator.contract.requests.requester import a_numbers
from simulator.exchange.apps import App, AppState

WRONG_MODE, NOT_WHITELISTED = "1010040", "1020166"
FLOW_CONTROLLED, TRAFFIC_CONTROLLED = "1010010", "1011006"
STATE_CODES: Mapping[tuple[AppState, str | None], str] = {
    (AppState.UNAVAILABLE, None): "1010008",
    (AppState.UNAVAILABLE, "AXYB"): "1010004",
    (AppState.FROZEN, None): "1010029",
}
"""By state and by the mode whose page the operation is on; None: on every other page."""

TERMINATE = "terminate"
"""The operation with a code of its own for an application that is unavailable (axe_axyb_x.md 5)."""

REFUSED_IN_ARREARS = frozenset({"bind", "unbind"})
"""What an account in arrears cannot do (recording_auth_codes.md 5)."""


class Wish(NamedTuple):
    """What an application that authenticated asks for, and what it is measured by."""

    request: Incoming
    app: App
    offer: Offer
    limits: MinuteLimits
    now: datetime


def permission(
    request: Incoming, route: Route, app: App, limits: MinuteLimits, now: Callable[[], datetime]
) -> Offer | Fault:
    """The operation, or why an application that authenticated may not ask for it."""
    offer = route.offers.get(request.method)
    if offer is None:
        right = ", ".join(route.offers)
        return Fault(app.profile.wrong_method_code, f"{request.method} is no method of this path; it has {right}")
    if not app.is_restricted:
        return wrong_mode(app, offer) or offer
    wish = Wish(request, app, offer, limits, now())
    for check in CHECKS:
        fault = check(wish)
        if fault is not None:
            return fault
    return offer


def unavailable(wish: Wish) -> Fault | None:
    """The application is out of service."""
    return _in_state(wish) if wish.app.state is AppState.UNAVAILABLE else None


def flow_controlled(wish: Wish) -> Fault | None:
    """The application has had its requests of this minute."""
    limit = wish.app.spec.requests_per_minute
    if limit is None:
        return None
    return _over(wish, ((wish.app.app_key,),), limit, Fault(FLOW_CONTROLLED, "the application"))


def frozen(wish: Wish) -> Fault | None:
    """The account is frozen, or owes and asks for what is refused then."""
    if wish.app.state is AppState.FROZEN:
        return _in_state(wish)
    if wish.app.spec.arrears and wish.offer.operation.operation in REFUSED_IN_ARREARS:
        return Fault(wish.app.profile.arrears_code, "the account is in arrears: bind and unbind are refused")
    return None


def wrong_mode(app: App, offer: Offer) -> Fault | None:
    """The operation belongs to another mode."""
    mode = offer.operation.mode
    if mode not in (None, app.mode):
        return Fault(WRONG_MODE, f"this path belongs to mode {mode}, the application was made for {app.mode}")
    return None


def traffic_controlled(wish: Wish) -> Fault | None:
    """The client's address, or the A number it asks for, has had its requests of this minute."""
    limit, request = wish.app.spec.traffic_per_minute, wish.request
    if limit is None:
        return None
    numbers = a_numbers(wish.offer.operation, request.body, request.query, wish.app.profile)
    requesters = [(wish.app.app_key, who) for who in (request.peer, *dict.fromkeys(numbers))]
    return _over(wish, requesters, limit, Fault(TRAFFIC_CONTROLLED, "the requester"))


def not_whitelisted(wish: Wish) -> Fault | None:
    """The client's address is not in the application's list."""
    allowed, peer = wish.app.spec.allowed_ips, wish.request.peer
    if not allowed or peer in allowed:
        return None
    addresses = ", ".join(sorted(allowed))
    return Fault(NOT_WHITELISTED, f"{peer} is not in the application's list of addresses: {addresses}")


CHECKS: Sequence[Callable[[Wish], Fault | None]] = (
    unavailable,
    flow_controlled,
    frozen,
    lambda wish: wrong_mode(wish.app, wish.offer),
    traffic_controlled,
    not_whitelisted,
)
"""After the method, in the order of the platform's tables (recording_auth_codes.md 2.4 and 3); the first fault counts."""


def _in_state(wish: Wish) -> Fault:
    state, operation = wish.app.state, wish.offer.operation
    code = STATE_CODES.get((state, operation.mode)) or STATE_CODES[(state, None)]
    if state is AppState.UNAVAILABLE and operation.operation == TERMINATE:
        code = wish.app.profile.terminate_unavailable_app_code
    return Fault(code, f"the application is {state.value}")


def _over(wish: Wish, requesters: Sequence[Requester], limit: int, fault: Fault) -> Fault | None:
    over = wish.limits.let_through(requesters, limit, wish.now)
    if over is None:
        return None
    until = wish.limits.until(over, wish.now)
    why = f"{fault.explanation} {over[-1]} has had its {limit} requests of this minute; again from {until:%H:%M:%SZ}"
    return Fault(fault.code, why)
