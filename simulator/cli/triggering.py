"""What `pnsim trigger` sends: whose notification it is, its body, its address and signature; then what came back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import click
import orjson

from simulator.app import nonces
from simulator.cli.staging import chosen_app
from simulator.clock.wall import utc_now
from simulator.config import Config
from simulator.contract import notifications as wire
from simulator.contract.codes import disconnect_points, hangup_causes
from simulator.contract.decisions import CLOSE, CONNECT
from simulator.contract.encoding import encoded
from simulator.contract.messages import BLOCK
from simulator.contract.overrides import OverrideError, overridden
from simulator.contract.reproductions import NotReproducible, reproduction
from simulator.contract.sample_calls import X, Y
from simulator.contract.samples import Kind, NoSample, Whose, Wish, kind_of, sample
from simulator.delivery.notification import Slot
from simulator.delivery.outcome import Answered, Result, Unanswered, Verdict, judge
from simulator.emitter.signing import Headers, Signer
from simulator.exchange import message_deciding
from simulator.exchange.apps import App
from simulator.exchange.deciding import Deciding, judged
from simulator.outbound.answer import Answer, Failure, FailureKind
from simulator.outbound.gate import Gate
from simulator.outbound.target import Target, parse_target
from simulator.outbound.transport import Transport
from simulator.scenario.asking import Credentials
from simulator.scenario.judging import PATHS, telling
from simulator.scenario.receiver import SampleReceiver
from simulator.specs import make_spec
from simulator.telephony.commands.x import Connect, Decision
from simulator.telephony.ids import Ids

DEFAULT_MODE = "AXB"
WHERE_RECEIVE_LISTENS = "http://127.0.0.1:9000"
EXTENSION = "1234"
UNREACHED = (FailureKind.CONNECT, FailureKind.CONNECT_TIMEOUT, FailureKind.TLS, FailureKind.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of the notification and of its way."""

    mode: str | None
    app: str | None
    wish: Wish
    settings: tuple[str, ...]
    unchecked: bool
    receiver: str | None
    url: str | None
    timeout: float | None


@dataclass(frozen=True, slots=True)
class Message:
    """A signed notification, ready to go; `url` None: to a sample receiver that is still to be started."""

    app: App
    kind: Kind
    body: bytes
    headers: Headers
    violations: Sequence[str]
    url: str | None
    seconds: float

    def target(self, url: str) -> Target:
        """The address to dial: a person named it."""
        return parse_target(url, declared=True)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it: the answer or its absence, the platform's verdict, the decision that was read."""

    url: str
    result: Result
    verdict: Verdict
    decision: dict[str, object] | None = None
    complaints: Sequence[str] = ()
    was_reached: bool = True
    by_sample: bool = False
    """Whether our own sample receiver answered."""


def message(event: str, asked: Asked, config: Config) -> Message:
    """The notification as it is asked for; raises UsageError with what is wrong with the wish."""
    app = application(asked, config)
    try:
        kind = kind_of(event, app.mode)
        if kind.has_cause and asked.wish.cause is not None:
            _check_cause(asked.wish.cause, kind, app.mode, unchecked=asked.unchecked)
        body = sample(event, _whose(app), utc_now(), Ids(int(next(nonces()), 16)), asked.wish)
        content = encoded(overridden(body, asked.settings, kind.schema(app.mode)))
    except (NoSample, OverrideError) as wrong:
        raise click.UsageError(str(wrong)) from None
    except orjson.JSONEncodeError as unwritable:  # a value that is nested too deeply
        raise click.UsageError(f"the body cannot be written as JSON: {unwritable}") from None
    violations = wire.violations(kind.kind, orjson.loads(content), app.mode)
    if violations and not asked.unchecked:
        said = "; ".join(f"{violation:.300}" for violation in violations)
        raise click.UsageError(
            f"the platform never sends this, by the schema {kind.schema(app.mode)}: {said}. --unchecked sends it"
        )
    headers, _ = _signed(app)
    seconds = asked.timeout or app.profile.answer_timeout_seconds
    return Message(app, kind, content, headers, violations, _address(asked, app, kind), seconds)


def _check_cause(code: int, kind: Kind, mode: str, *, unchecked: bool) -> None:
    """Raises UsageError for a cause that calls of the mode never end with, and for what is a disconnect point only."""
    if code in hangup_causes():
        try:
            reproduction(code, mode)
        except NotReproducible as elsewhere:
            if not unchecked:
                raise click.UsageError(f"{elsewhere}. --unchecked sends it") from None
    elif code in disconnect_points():
        row = disconnect_points()[code]
        how = f"in a CDR it is sent with --set cause={code}" if kind.kind == wire.FEE else "only CDRs tell it"
        raise click.UsageError(f"{code} is no hangup cause, but a disconnect point: {row.en} / {row.zh}; {how}")


def application(asked: Asked, config: Config) -> App:
    """Who is told: `--app`, else the configuration's first of the mode, else the mode's demo application."""
    options = chosen_app(config, asked.app, asked.mode or DEFAULT_MODE)
    if asked.mode not in (None, options.mode):
        raise click.UsageError(f"application {options.app_key} is of mode {options.mode}, not {asked.mode}")
    return App(make_spec(options, config, str(config.source or "apps"), lambda _: False))


async def send(message: Message) -> Sent:
    """Send it and judge the answer as the platform would; without an address to a sample receiver of our own."""
    if message.url is not None:
        return await _exchange(message, message.url)
    credentials = Credentials(message.app.app_key, message.app.secret)
    async with SampleReceiver(credentials, utc_now, mode=message.app.mode) as receiver:
        return await _exchange(message, f"{receiver.url}/{path_of(message.kind)}", receiver)


def path_of(kind: Kind) -> str:
    """The path of a kind below the receiver's address."""
    return PATHS[kind.goes_to.value]


def default_url(message: Message) -> str:
    """Where it would go if nobody says: to `pnsim receive`."""
    return message.url or f"{WHERE_RECEIVE_LISTENS}/{path_of(message.kind)}"


async def _exchange(message: Message, url: str, receiver: SampleReceiver | None = None) -> Sent:
    transport = Transport(Gate())
    try:
        answer = await transport.post(message.target(url), message.headers, message.body, timeout=message.seconds)
    except ValueError as unsendable:  # an app key that no HTTP request can carry
        raise click.UsageError(str(unsendable)) from None
    finally:
        await transport.close()
    result = _result(answer)
    verdict, decision = _judge(message, result)
    complaints = (
        [complaint for arrival in receiver.arrivals for complaint in arrival.judged.complaints] if receiver else []
    )
    return Sent(url, result, verdict, decision, complaints, _was_reached(answer), receiver is not None)


def _result(answer: Answer | Failure) -> Result:
    if isinstance(answer, Answer):
        return Answered(*answer)
    return Unanswered(answer.kind.value, answer.detail)


def _was_reached(answer: Answer | Failure) -> bool:
    """Whether somebody took the request; a connection that does not come about in time is none."""
    return isinstance(answer, Answer) or answer.kind not in UNREACHED


def _judge(message: Message, result: Result) -> tuple[Verdict, dict[str, object] | None]:
    """The platform's verdict, and the decision where one is due (notifications.md 1.2, 2.7, 4.3)."""
    app, verdict = message.app, judge(result, message.app.profile.success_statuses)
    if wire.asks(message.kind.kind, app.mode):
        x_number = next((told.called for told in telling(message.body) if told.called), "")
        reading = Deciding.read(app, x_number, result, verdict)
        return judged(verdict, reading, binding=True), _in_words(reading.decision)
    if message.kind.kind == BLOCK:
        sender = next((told.caller for told in telling(message.body) if told.caller), "")
        asked = message_deciding.read(app, result, verdict, sender)
        words = message_deciding.in_words(asked.decision) if asked.decision else None
        return message_deciding.judged(verdict, asked, forced=False), words
    return verdict, None


def _in_words(decision: Decision | None) -> dict[str, object] | None:
    if decision is None:
        return None
    given = {word: value for word, value in asdict(decision).items() if value is not None}
    return {"decision": CONNECT if isinstance(decision, Connect) else CLOSE, **given}


def _whose(app: App) -> Whose:
    numbers = [x_number.number for x_number in app.pool][:2]
    x_number, y_number = (*numbers, *(X, Y)[len(numbers) :])
    return Whose(
        app.app_key,
        app.mode,
        app.profile,
        x_number,
        y_number,
        recording=app.spec.recording,
        extension=EXTENSION[: app.spec.extension_digits],
    )


def _signed(app: App) -> tuple[Headers, Headers]:
    return Signer(utc_now, nonces().__next__).headers(app)


def _address(asked: Asked, app: App, kind: Kind) -> str | None:
    if asked.url or asked.receiver:
        return asked.url or f"{asked.receiver}/{path_of(kind)}"
    url = app.receiver(kind.goes_to)
    if url is None and app.spec.receivers:
        raise click.UsageError(
            f"application {app.app_key} has no address for {kind.slot}, so the platform pushes no {kind.event}; "
            f"give it one under [apps.receivers]{_or_switch(kind)}, or name --receiver URL"
        )
    return url


def _or_switch(kind: Kind) -> str:
    return ' (or features = ["push_number_status"])' if kind.goes_to is Slot.NUMBER_STATUS else ""
