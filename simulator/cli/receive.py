"""`pnsim receive`: a sample customer server that checks what it gets, shows it, and can be told to misbehave."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import orjson

from simulator.cli.loop import run, stop_signals
from simulator.cli.readyfile import ReadyFile
from simulator.clock.wall import utc_now
from simulator.config.demo import DEMO_APP
from simulator.exchange.rows import instant, text
from simulator.scenario.asking import Credentials
from simulator.scenario.counting import NAIVE
from simulator.scenario.deciding import connect_to
from simulator.scenario.judging import Told
from simulator.scenario.language import Behaviour, SmsAnswer
from simulator.scenario.receiver import Arrival, SampleReceiver
from simulator.scenario.reports.printing import Line, Piece, printer


@dataclass(frozen=True, slots=True)
class Place:
    """Where it listens, and who is told."""

    host: str
    port: int
    ready_file: Path | None


@click.command(short_help="A sample customer server that checks and shows what it gets.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address it listens on.")
@click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True, help="0 is any free one.")
@click.option("--app-key", default=DEMO_APP.app_key, show_default=True, metavar="KEY", help="Whose pushes it expects.")
@click.option("--app-secret", metavar="SECRET", help="What they are signed with [KEY-secret].")
@click.option("--answer", type=click.IntRange(200, 599), metavar="STATUS", help="Answer with this status, e.g. 500.")
@click.option("--hang", is_flag=True, help="Take requests and never answer.")
@click.option("--cut", is_flag=True, help="Close the connection instead of answering.")
@click.option("--garbage", is_flag=True, help="Answer with bytes that are no HTTP.")
@click.option("--delay", type=click.FloatRange(0, 3600), default=0, metavar="SECONDS", help="Wait before answering.")
@click.option("--fail-first", type=click.IntRange(1), metavar="N",
              help="Misbehave (or answer 500) only the first N times each message comes.")  # fmt: skip
@click.option("--careful", is_flag=True,
              help="Refuse bad signatures, requests older than 5 minutes and garbage; count everything once.")  # fmt: skip
@click.option("--naive", type=click.Choice(NAIVE), multiple=True,
              help="Careful, but not in this: repeat it for more.")  # fmt: skip
@click.option("--connect", metavar="NUMBER",
              help="Let calls and SMS to X reach this number [they are closed and discarded].")  # fmt: skip
@click.option("--decision", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Answer calls to X with this file, as it is.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each request.")
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the address here once it listens; removed at the end.")  # fmt: skip
def receive(host: str, port: int, ready_file: Path | None, *, as_json: bool, **options: object) -> None:
    """A customer's server: takes notifications on /status, /callin, /fee, /sms, /sms-block and /number-status.

    It answers an empty 200. GET /probe/SESSION_ID says what it counted of a call, as scenarios/resilience asks.

    A call to X that is put to it (mode X) is closed, unless --connect or --decision say otherwise. An
    SMS that is put to it (modes X and AX) is discarded, unless --connect says who gets it.

    Of each it shows the time, the kind, who called or wrote to whom, why the call ended or what
    became of the SMS, and what is wrong with it: signature, schema, or the address it came to. Runs until SIGTERM or Ctrl-C.

    \b
    Example:
      pnsim receive --port 9000 --fail-first 2
    """
    behaviour = _behaviour(options)
    key = str(options["app_key"])
    credentials = Credentials(key, str(options["app_secret"] or f"{key}-secret"))
    told = _as_json if as_json else _shower()
    run(_serve(Place(host, port, ready_file), credentials, behaviour, told))


def _behaviour(options: dict[str, object]) -> Behaviour:
    chosen = [f"--{name}" for name in ("answer", "hang", "cut", "garbage") if options[name]]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude one another: a request gets one answer or none")
    members = {name: options[name] for name in ("answer", "hang", "cut", "garbage", "fail_first", "naive")}
    members["careful"] = bool(options["careful"] or options["naive"])
    decision = _decision(options["connect"], options["decision"])
    sms = SmsAnswer(None if options["connect"] is None else str(options["connect"]))
    return Behaviour(**members, delay_seconds=float(str(options["delay"])), decision=decision, sms_decision=sms)  # type: ignore[arg-type]  # click checked them


def _decision(number: object, file: object) -> bytes | None:
    """What a call to X is answered; the file may be as wrong as it likes."""
    if number is not None and file is not None:
        raise click.UsageError("--connect and --decision exclude one another: a call gets one answer")
    if isinstance(file, Path):
        return file.read_bytes()
    return None if number is None else connect_to(str(number))


async def _serve(place: Place, credentials: Credentials, behaviour: Behaviour, told: Callable[[Arrival], None]) -> None:
    stop = stop_signals()
    ready = None if place.ready_file is None else ReadyFile(place.ready_file)
    receiver = SampleReceiver(credentials, utc_now, behaviour, address=(place.host, place.port), told=told)
    try:
        await receiver.__aenter__()
    except OSError as error:
        await receiver.__aexit__()
        where = f"{place.host}:{place.port}"
        what = f"cannot listen on {where}: {_why(error)}; choose another with --port (0 takes any free one)"
        raise click.UsageError(what) from None
    try:
        if ready is not None:
            ready.write({"receiver": receiver.url})
        click.echo(f"listening on {receiver.url} for app {credentials.app_key} (Ctrl-C stops it)", err=True)
        await stop.wait()
    finally:
        if ready is not None:
            ready.remove()
        await receiver.__aexit__()


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _as_json(arrival: Arrival) -> None:
    line = {
        "number": arrival.number,
        "at": instant(arrival.at),
        "path": arrival.path,
        "kind": arrival.judged.kind,
        "told": [_told_json(told) for told in arrival.judged.told],
        "ok": not arrival.judged.complaints,
        "complaints": list(arrival.judged.complaints),
        "answered": arrival.answered,
        "body": text(arrival.body),
    }
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


def _told_json(told: Told) -> dict[str, object]:
    words = ("session_id", "caller", "called", "cause", "number", "number_status", "number_cause", "send_result")
    return {**{word: getattr(told, word) for word in words}, "cause_text": told.cause_text}


def _shower() -> Callable[[Arrival], None]:
    show = printer(sys.stdout)

    def shown(arrival: Arrival) -> None:
        for line in _lines(arrival):
            show(line, whole=bool(arrival.judged.complaints))

    return shown


def _lines(arrival: Arrival) -> list[Line]:
    """One line for each call that a notification tells of; what is wrong stands on the first.

    The cause comes last: a narrow terminal cuts what can be looked up by its code.
    """
    judged = arrival.judged
    good = not judged.complaints
    verdict = "ok" if good else "; ".join(judged.complaints)
    answered = "" if arrival.answered == "200" else f"  ({_answer_words(arrival.answered)})"
    said: list[Piece] = [(f"  {verdict}", "green" if good else "red"), (answered, "yellow")]
    time = (f"{arrival.at:%H:%M:%S}  ", "dim")
    first, *more = judged.told or (Told(judged.kind),)
    return [
        [time, *_who(first), *said, _why_ended(first)],
        *([("          ", ""), *_who(told), _why_ended(told)] for told in more),
    ]


def _who(told: Told) -> list[Piece]:
    pair = f"{told.caller or '?'} → {told.called or '?'}" if told.session_id else _of_number(told)
    return [(f"{told.kind:<10}  ", "bold"), (f"{pair:<31}", "")]


def _of_number(told: Told) -> str:
    return f"{told.number} {told.number_text}" if told.number_status else "-"


def _why_ended(told: Told) -> Piece:
    return f"  {told.cause_text}" if told.cause_text else "", "cyan"


def _answer_words(answered: str) -> str:
    words = {"hang": "left hanging", "cut": "connection cut", "garbage": "answered garbage"}
    return words.get(answered, f"answered {answered}")
