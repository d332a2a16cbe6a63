"""The API's server: one request in, one answer and one journal row out (ax_axb.md 0, recording_auth_codes.md 2, 4)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from simulator.api import answers, recordings, wav
from simulator.api.auth import Denied, Doorkeeper
from simulator.api.connection import Gateway
from simulator.api.desk import Desk
from simulator.api.incoming import Incoming, incoming, read_body, take_body
from simulator.api.routes import ROUTES, Offer, Route
from simulator.api.withheld import without
from simulator.clock import wall
from simulator.contract import fields, refusals
from simulator.contract.digests import masked
from simulator.contract.profile import Profile
from simulator.contract.responses.common import WireAnswer
from simulator.contract.secret_members import without_parameters, without_secrets
from simulator.exchange.apps import App
from simulator.exchange.exchange import Exchange
from simulator.exchange.rows import BODY_KEPT, ApiExchange
from simulator.telephony.errors import Reason, Refused

INTERNAL_ERROR = "1010001"


@dataclass(slots=True)
class Outcome:
    """What became of a request: the answer, and what the journal should know beside it."""

    answer: WireAnswer
    operation: str | None = None
    app: App | None = None
    refusal: str = ""
    authentication: Mapping[str, object] | None = None
    content_type: bytes = answers.JSON
    pieces: Iterable[bytes] = ()
    length: int | None = None
    """Bytes of a streamed body; None: the answer has its body."""


class ApiServer:
    """Answers the platform's API.

    `profile` holds for what comes before an application is known, `base_url` gives this server's own address, `wall_now`
    the time that signatures carry.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        profile: Profile,
        base_url: Callable[[], str],
        wall_now: Callable[[], datetime],
    ) -> None:
        self._exchange = exchange
        self._profile = profile
        self._wall_now = wall_now
        exchange.core.downloads_at = lambda: recordings.beginning_in_cdr(base_url())
        self._desk = Desk(exchange, base_url)
        self._door = Doorkeeper(exchange, profile, wall_now)
        self._date = b""
        self._date_from = self._date_until = wall_now()
        prepare()

    def handler(self) -> web.Server:
        """What a ServerRunner serves; must be called on the running loop."""
        return Gateway(self.respond, self.respond_to_broken, self._exchange.journal.committed)

    def reset(self, _app_key: str | None = None) -> None:
        """Forget what belongs to no application: addresses that failed to authenticate, used nonces."""
        self._door.reset()

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to one request; it is in the journal before its first byte leaves."""
        started = wall.monotonic()
        try:
            return await self._respond(request)
        finally:
            self._exchange.tally.request_seconds.add(wall.monotonic() - started)

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        found = incoming(request)
        limit, content = self._profile.api_body_limit_bytes, request.content
        try:
            fits = take_body(content, found, limit) if content.is_eof() else await read_body(request, found, limit)
        except TimeoutError:
            return self._finish(found, gateway_refusal(408, "the body did not arrive in time"), keep_alive=False)
        except web.RequestPayloadError as error:
            return self._finish(found, gateway_refusal(400, f"the body is no valid HTTP: {error}"), keep_alive=False)
        keep_alive = fits and request.keep_alive and self._profile.api_connections == "keep_alive"
        return self._finish(found, self._outcome(found, fits=fits), keep_alive=keep_alive)

    def respond_to_broken(
        self, request: web.BaseRequest, status: int, error: BaseException | None
    ) -> web.StreamResponse:
        """The answer to what is no valid HTTP (the gateway's page), and to a mistake of ours (1010001)."""
        if status >= 500:
            answer = refusals.refusal(INTERNAL_ERROR, self._profile)
            broken = Outcome(answer, refusal=f"the simulator failed: {error!r}")
        else:
            broken = gateway_refusal(400, f"this is no valid HTTP: {masked(' '.join(str(error).split()))}")
        return self._finish(incoming(request), broken, keep_alive=False)

    def _outcome(self, found: Incoming, *, fits: bool) -> Outcome:
        route = ROUTES.get(found.path)
        if route is not None:
            return self._operate(found, route, fits=fits)
        if found.path.startswith(recordings.DOWNLOADS) and found.method in ("GET", "HEAD"):
            return self._download(found)
        return gateway_refusal(404, f"no operation has the path {found.path!r}")

    def _operate(self, found: Incoming, route: Route, *, fits: bool) -> Outcome:
        offer = route.offers.get(found.method)
        try:
            admitted = self._door.admit(found, route)
        except Denied as denied:
            return of_operation(offer, denied.answer, denied.app, denied.explanation, denied.authentication)
        app, offer = admitted.app, admitted.offer
        try:
            if not fits:
                raise too_long(found, self._profile)
            return of_operation(offer, offer.run(self._desk, app, found), app, "", admitted.authentication)
        except Refused as refused:
            answer = refusals.answer(refused, app.profile, offer.operation, app.mode)
            return of_operation(offer, answer, app, refused.explanation, admitted.authentication)

    def _download(self, found: Incoming) -> Outcome:
        recording = recordings.behind(self._desk, found.path)
        if isinstance(recording, str):
            missing = gateway_refusal(404, recording)
            missing.operation = "recording_download"
            return missing
        return Outcome(
            WireAnswer(200, None, b""),
            "recording_download",
            self._exchange.app(recording.app_key),
            content_type=answers.WAV,
            pieces=wav.pieces(recording.name, recording.seconds),
            length=wav.file_length(recording.seconds),
        )

    def _finish(self, found: Incoming, outcome: Outcome, *, keep_alive: bool) -> web.StreamResponse:
        """Journal, then answer."""
        self._journal(found, outcome)
        answer, body = outcome.answer, outcome.answer.body
        length = len(body) if outcome.length is None else outcome.length
        end = answers.ending(found.version, answer.location, keep_alive=keep_alive)
        head = answers.head(answer.status, outcome.content_type, length, self._date_now(), end)
        if found.method == "HEAD":
            return answers.prepared(head, (), keep_alive=keep_alive)
        return answers.prepared(head + body, outcome.pieces, keep_alive=keep_alive)

    def _journal(self, found: Incoming, outcome: Outcome) -> None:
        row = ApiExchange(
            at=self._exchange.now(),
            app_key=outcome.app.app_key if outcome.app is not None else None,
            operation=outcome.operation,
            method=found.method,
            target=without_parameters(found.target),
            http_version=f"{found.version[0]}.{found.version[1]}",
            peer=found.peer,
            headers=found.headers,
            body=without_secrets(found.body)[:BODY_KEPT],
            body_length=found.body_length,
            status=outcome.answer.status,
            answer=outcome.answer.body,
            result_code=outcome.answer.result_code,
            refusal=outcome.refusal,
            authentication=outcome.authentication,
        )
        if outcome.app is None:
            row = without(row, (app.secret for app in self._exchange.apps()))
        self._exchange.journal.append(row)

    def _date_now(self) -> bytes:
        now = self._wall_now()
        if not self._date_from <= now < self._date_until:
            self._date_from = now.replace(microsecond=0)
            self._date_until = self._date_from + timedelta(seconds=1)
            self._date = format_datetime(now, usegmt=True).encode()
        return self._date


def prepare() -> None:
    """Read the tables of requests now rather than with the first request."""
    for offer in (offer for route in ROUTES.values() for offer in route.offers.values()):
        fields.fields(offer.operation.request)


def of_operation(
    offer: Offer | None,
    answer: WireAnswer,
    app: App | None,
    refusal: str,
    authentication: Mapping[str, object] | None,
) -> Outcome:
    """What became of a request to an operation, typed and cut as its answers are; None: a method that has none."""
    if offer is None:
        return Outcome(answer, None, app, refusal, authentication)
    is_cut = bool(refusal)
    fitting = refusals.fitting(answer, offer.operation) if is_cut else answer
    return Outcome(fitting, offer.operation.operation, app, refusal, authentication, offer.content_type)


def gateway_refusal(status: int, why: str) -> Outcome:
    """What the gateway answers by itself: its HTML page, before anything is authenticated."""
    return Outcome(WireAnswer(status, None, answers.gateway_page(status)), refusal=why, content_type=answers.HTML)


def too_long(found: Incoming, profile: Profile) -> Refused:
    """The refusal of a body over the limit."""
    limit = profile.api_body_limit_bytes
    why = f"the body has {found.body_length} bytes or more; {limit} are allowed (api_body_limit_bytes)"
    return Refused(Reason.INVALID_PARAMETER, why, detail=profile.invalid_request_body)
