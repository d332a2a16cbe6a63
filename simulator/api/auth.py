"""Who may ask: the checks of a request, in the order of the platform's table (recording_auth_codes.md 2.4).

Blacklist, header syntax, app key, digest, time, nonce; then what `permission.py` checks, from the method to the address.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from simulator.api.blacklist import Blacklist
from simulator.api.credentials import Credentials, Fault, credentials, instant
from simulator.api.diagnosis import diagnose, signed_string
from simulator.api.incoming import Incoming
from simulator.api.limits import MinuteLimits
from simulator.api.nonces import UsedNonces, is_well_formed
from simulator.api.permission import permission
from simulator.api.routes import Offer, Route
from simulator.contract.profile import Profile
from simulator.contract.refusals import FORBIDDEN, INVALID_DIGEST, refusal
from simulator.contract.responses.common import WireAnswer
from simulator.delivery.signature import DIGESTS, Scheme
from simulator.exchange.apps import App
from simulator.exchange.exchange import Exchange

BLACKLISTED, UNKNOWN_APP, WRONG_DIGEST, TIME_OUT = "1020176", "1010003", "1010010", "1010013"


class Denied(Exception):
    """A request that goes no further; `authentication` is for the journal and holds no secret."""

    def __init__(
        self,
        answer: WireAnswer,
        explanation: str,
        authentication: Mapping[str, object] | None = None,
        app: App | None = None,
    ) -> None:
        super().__init__(explanation)
        self.answer = answer
        self.explanation = explanation
        self.authentication = authentication
        self.app = app


class Admitted(NamedTuple):
    """Who asks, and what runs; `authentication` is for the journal."""

    app: App
    offer: Offer
    authentication: Mapping[str, object]


class Doorkeeper:
    """Admits or denies requests; remembers failed addresses and used nonces."""

    def __init__(self, exchange: Exchange, profile: Profile, wall_now: Callable[[], datetime]) -> None:
        self._exchange = exchange
        self._profile = profile
        self._wall_now = wall_now
        self._blacklist = Blacklist()
        self._nonces = UsedNonces()
        self._limits = MinuteLimits()

    def admit(self, request: Incoming, route: Route) -> Admitted:
        """The application that asks; raises Denied with the first thing that is wrong."""
        if self._blacklist:
            self._check_blacklist(request)
        found = credentials(request, self._profile)
        if isinstance(found, Fault):
            if self._profile.blacklist_counts_missing_headers:
                self._blacklist.failed(request.peer, self._exchange.now(), self._profile)
            answer = refusal(found.code, self._profile)
            raise Denied(answer, found.explanation, {"verdict": "incomplete", "code": found.code})
        app = self._exchange.app(found.app_key)
        if app is None:
            raise self._unknown_app(request, found)
        self._check_digest(request, app, found)
        self._check_time(app, found)
        self._check_nonce(app, found)
        shown = shown_of(found, "accepted")
        self._check_provoked(app, shown)
        allowed = permission(request, route, app, self._limits, self._exchange.now)
        if isinstance(allowed, Fault):
            raise Denied(refusal(allowed.code, app.profile, FORBIDDEN), allowed.explanation, shown, app)
        return Admitted(app, allowed, shown)

    def reset(self) -> None:
        """Forget failed addresses, used nonces and the requests of the last minute."""
        self._blacklist.clear()
        self._nonces.clear()
        self._limits.clear()

    def _check_provoked(self, app: App, shown: Mapping[str, object]) -> None:
        """A refusal that the control plane ordered comes before everything that is asked of a signed request."""
        ordered = self._exchange.next_refusal(app)
        if ordered is not None:
            left = "until it is taken back" if ordered.left is None else f"{ordered.left} more to come"
            why = f"provoked: the control plane ordered {ordered.code} for this application's requests; {left}"
            raise Denied(refusal(ordered.code, app.profile, ordered.http_status), why, shown, app)

    def _check_blacklist(self, request: Incoming) -> None:
        until = self._blacklist.until(request.peer, self._exchange.now())
        if until is not None:
            why = f"{request.peer} failed too often: refused until {until:%Y-%m-%dT%H:%M:%SZ} of the story"
            raise Denied(refusal(BLACKLISTED, self._profile), why, {"verdict": "blacklisted"})

    def _unknown_app(self, request: Incoming, found: Credentials) -> Denied:
        self._blacklist.failed(request.peer, self._exchange.now(), self._profile)
        known = ", ".join(app.app_key for app in self._exchange.apps()) or "none"
        why = f"there is no application {found.app_key!r}; there is: {known}"
        return Denied(refusal(UNKNOWN_APP, self._profile), why, shown_of(found, "unknown app key"))

    def _check_digest(self, request: Incoming, app: App, found: Credentials) -> None:
        right = DIGESTS[found.scheme](app.secret, found.nonce, found.created)
        if found.digest.isascii() and hmac.compare_digest(right, found.digest):
            return
        self._blacklist.failed(request.peer, self._exchange.now(), self._profile)
        diagnosis = diagnose(found, app.secret)
        shown = shown_of(found, "wrong digest") | {
            "signed_string_expected": signed_string(found),
            "diagnosis": diagnosis,
        }
        answer = refusal(WRONG_DIGEST, app.profile, INVALID_DIGEST)
        raise Denied(answer, f"the digest is wrong: {diagnosis}", shown, app)

    def _check_time(self, app: App, found: Credentials) -> None:
        problem = problem_of(found, self._wall_now(), app.profile)
        if problem:
            raise Denied(refusal(TIME_OUT, app.profile), problem, shown_of(found, "outside the time window"), app)

    def _check_nonce(self, app: App, found: Credentials) -> None:
        profile = app.profile
        if profile.nonce_format == "checked" and not is_well_formed(found.nonce):
            problem = f"the nonce {found.nonce!r} is not 1 to 128 digits and letters"
        elif profile.nonce_reuse == "refused" and not self._nonces.use(app, found.nonce):
            problem = f"the nonce {found.nonce!r} was used before"
        else:
            return
        raise Denied(refusal(WRONG_DIGEST, profile, INVALID_DIGEST), problem, shown_of(found, "nonce refused"), app)


def problem_of(found: Credentials, now: datetime, profile: Profile) -> str | None:
    """What is wrong with Created, by wall time; None when nothing is (recording_auth_codes.md 2.3)."""
    at = instant(found.created)
    if at is None:
        return f"Created {found.created!r} is not like 2018-02-12T15:30:20Z"
    aksk = found.scheme is Scheme.AKSK
    window = profile.created_window_seconds_aksk if aksk else profile.created_window_seconds_wsse
    if window is None or abs((now - at).total_seconds()) <= window:
        return None
    seconds = (now - at).total_seconds()
    return f"Created {found.created} lies {seconds:.0f} s before now, {window} s either way are allowed"


def shown_of(found: Credentials, verdict: str) -> dict[str, object]:
    """What the journal shows of an authentication."""
    return {
        "scheme": found.scheme.value,
        "verdict": verdict,
        "username": found.app_key,
        "nonce": found.nonce,
        "created": found.created,
    }
