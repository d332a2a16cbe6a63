"""`pnsim replay SOURCE`: a recording sent again, with its timing; answers compared with those of then."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
from click.core import ParameterSource

from simulator.cli.endings import FAILED, NOTHING_RAN, UNREACHABLE
from simulator.cli.loop import run
from simulator.cli.options import address, config_option
from simulator.cli.quantities import duration, rate
from simulator.cli.replay_report import Differences, show_plan, show_summary, summary
from simulator.cli.replaying import Asked, Replay, Seen, chosen_of
from simulator.config import load
from simulator.config.apps import MODES
from simulator.contract.samples import kinds
from simulator.replay.selection import ATTEMPTS, Wanted
from simulator.replay.sending import Course
from simulator.replay.spool import Spool
from simulator.replay.timing import ASAP, FASTEST, ORIGINAL, RATE, SLOWEST, VIRTUAL, Timing

SPEED = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)x?")
NO_LIMIT = "none"
LANES = 50
MASKED = 'PasswordDigest="*'


def speed(_: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """How many times as fast, from original, 0.5x or 10x."""
    if value is None:
        return None
    found = SPEED.fullmatch(value)
    times = 1.0 if value == ORIGINAL else float(found[1]) if found else 0.0
    if not SLOWEST <= times <= FASTEST:
        raise click.BadParameter(f"{value!r} is no speed: original, or from 0.1x to 1000x", param=parameter)
    return times


def per_second(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """Requests a second, from 50/s, 90/m or 50."""
    try:
        return None if value is None else rate(context, parameter, value)
    except click.BadParameter:
        raise click.BadParameter(f"{value!r} is no rate of requests such as 50/s or 90/m", param=parameter) from None


def gap(context: click.Context, parameter: click.Parameter, value: str) -> float | None:
    """The longest silence, in seconds; None for none."""
    return None if value == NO_LIMIT else duration(context, parameter, value)


def pairs(_: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Texts with what stands for them, from OLD=NEW."""
    for value in values:
        if not value.partition("=")[0] or "=" not in value:
            raise click.BadParameter(f"{value!r} is no OLD=NEW, such as +8613800000001=+8613800000099", param=parameter)
    return tuple((old, new) for old, _, new in (value.partition("=") for value in values))


def moment(_: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """An instant, in UTC where no zone is named."""
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is no instant such as 2026-01-01T08:00:00Z or 2026-01-01", param=parameter
        ) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


@click.command(short_help="Sends a recording again, with its timing; compares the answers.")
@click.argument(
    "source", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), metavar="SOURCE"
)
@click.option("--receiver", metavar="URL", callback=address, help="Your server: /status, /callin, /fee … are appended.")
@click.option("--to-recorded-urls", is_flag=True,
              help="Send each where it went then: loopback, and hosts of receivers in the configuration.")  # fmt: skip
@click.option("--speed", "times", metavar="SPEED", callback=speed, help="original, or 0.1x to 1000x [original].")
@click.option(
    "--rate", metavar="N/s", callback=per_second, help="So many requests a second, whatever the recording says."
)
@click.option("--asap", is_flag=True, help="As fast as they are answered.")
@click.option("--virtual", is_flag=True, help="One after the other in the order of time, without waiting.")
@click.option("--max-gap", default="60s", show_default=True, metavar="TIME", callback=gap,
              help="A longer silence is shortened to this; none keeps it.")  # fmt: skip
@click.option("--lanes", type=click.IntRange(1, 1000), default=LANES, show_default=True, metavar="N",
              help="Requests under way at most.")  # fmt: skip
@click.option("--renew", is_flag=True, help="New ids, and times moved to now, consistently.")
@click.option("--replace", "replacements", multiple=True, metavar="OLD=NEW", callback=pairs,
              help="Another text for a number or an id, wherever it stands; may be repeated.")  # fmt: skip
@config_option
@click.option("--app", metavar="KEY", help="Sign with this application [the recorded one, of the configuration].")
@click.option("--secret", metavar="SECRET", help="The secret to sign with.")
@click.option("--keep-signature", is_flag=True, help="Send the recorded headers untouched.")
@click.option(
    "--mode", type=click.Choice(MODES), multiple=True, help="Only calls and SMS of this mode; may be repeated."
)
@click.option("--kind", type=click.Choice(list(kinds())), multiple=True, help="Only this kind; may be repeated.")
@click.option(
    "--cause", type=int, multiple=True, metavar="CODE", help="Only calls that ended with it; may be repeated."
)
@click.option("--number", multiple=True, metavar="NUMBER", help="Only calls and SMS with this number; may be repeated.")
@click.option("--call", multiple=True, metavar="ID", help="Only this session id or SMS id; may be repeated.")
@click.option("--from", "since", metavar="TIME", callback=moment, help="Only what was sent then or later.")
@click.option("--to", "until", metavar="TIME", callback=moment, help="Only what was sent then or earlier.")
@click.option("--attempts", type=click.Choice(ATTEMPTS), default="all", show_default=True,
              help="Of a message that was sent several times.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0.001, 3600), metavar="SECONDS",
              help="How long your server may take [the profile's].")  # fmt: skip
@click.option("--allow-more", is_flag=True, help="The receiver is another machine of mine, and may get this.")
@click.option("--expect-same", is_flag=True, help="An answer that differs is a failure.")
@click.option("--dry-run", is_flag=True, help="Send nothing; show what would be sent, when and where.")
@click.option("--json", "as_json", is_flag=True, help="NDJSON: each difference, then the summary.")
@click.pass_context
def replay(context: click.Context, /, source: Path, **options: object) -> None:
    """Send a recording again, and compare what is answered with what was answered then.

    SOURCE is a journal of pnsim (its file, or its rows as JSON or NDJSON), a capture, a HAR, or NDJSON with one
    notification's body a line; - is the standard input. Its content says which. A source that is broken anywhere is refused
    before anything of it is sent.

    Requests go out in the order of time, signed again with the application's secret. What is about one call goes one after
    the other: each waits for the answer to the one before. --mode, --cause and --number choose whole calls; the other
    choices single requests.

    \b
    Ends with 0 sent (with --expect-same: and answered as then), 1 answered otherwise, 2 usage, 3 a source that cannot
    be read, 4 nothing to replay or not all of it, 6 receiver out of reach.

    \b
    Examples:
      pnsim replay pnsim.db --receiver http://127.0.0.1:9000 --speed 10x
      pnsim replay night.ndjson --receiver http://127.0.0.1:9000 --cause 8102 --renew --asap
      pnsim replay browser.har --to-recorded-urls --dry-run
    """
    timing = _timing(options)
    _refuse_without_effect(context, timing, options)
    asked = _asked(source, options)
    config = load(options["config"], os.environ, {})  # type: ignore[arg-type]  # click made it a path
    seen = Seen()
    with chosen_of(source, _wanted(options), seen) as spool:
        if not len(spool):
            click.echo(_nothing(source, seen.count), err=True)
            context.exit(NOTHING_RAN)
        made = Replay(asked, config, spool, timing)
        if options["dry_run"]:
            show_plan(made, as_json=bool(options["as_json"]))
            return
        _warn(asked, spool, made)
        context.exit(_send(made, timing, spool, options))


def _send(made: Replay, timing: Timing, spool: Spool, options: dict[str, object]) -> int:
    as_json, planned = bool(options["as_json"]), len(spool)
    told = Differences(as_json=as_json)
    course = run(made.send(told.note))
    if as_json:
        click.echo(orjson.dumps({"summary": summary(made, course, timing, planned)}))
    else:
        told.show(made.counts.different)
        show_summary(made, course, timing, planned)
    if course.stopped and not course.reached:
        click.echo("the receiver is out of reach; `pnsim receive` starts a sample server", err=True)
        return UNREACHABLE
    return _ending(made, course, expects_same=bool(options["expect_same"]))


def _ending(made: Replay, course: Course, *, expects_same: bool) -> int:
    if expects_same and made.counts.different:
        return FAILED
    if course.stopped:
        return NOTHING_RAN
    if expects_same and not made.counts.compared:
        click.echo("--expect-same: the recording has no answers, so there is nothing that could be the same", err=True)
        return NOTHING_RAN
    return 0


def _nothing(source: Path, count: int) -> str:
    if not count:
        return f"{source} has no requests to a receiver: there is nothing to replay"
    return f"none of the {count:,} requests in {source} is what was asked for: there is nothing to replay"


def _warn(asked: Asked, spool: Spool, made: Replay) -> None:
    """Said before anything is sent."""
    if spool.disordered:
        click.echo(
            f"{spool.disordered:,} requests stand behind later ones in the source; they are sorted by time", err=True
        )
    if not asked.keep_signature:
        click.echo(f"{len(spool):,} requests, signed by {', '.join(made.signers.names)}", err=True)
    elif any(MASKED in value for _, value in next(iter(spool)).headers):
        click.echo("the recording has its digests masked: a receiver that checks signatures refuses them", err=True)


def _timing(options: dict[str, object]) -> Timing:
    names = {"times": "--speed", "rate": "--rate", "asap": "--asap", "virtual": "--virtual"}
    given = [name for name in names if options[name]]
    if len(given) > 1:
        raise click.UsageError(
            f"{' and '.join(names[name] for name in given)} exclude one another: there is one timing"
        )
    kind = {"rate": RATE, "asap": ASAP, "virtual": VIRTUAL}.get(given[0] if given else "", ORIGINAL)
    longest = options["max_gap"]
    return Timing(kind, options["times"] or 1.0, options["rate"] or 0.0, longest)  # type: ignore[arg-type]  # click checked them


def _refuse_without_effect(context: click.Context, timing: Timing, options: dict[str, object]) -> None:
    """An option that would change nothing is a mistake."""
    given = [name for name in ("max_gap", "lanes") if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if "max_gap" in given and timing.kind != ORIGINAL:
        raise click.UsageError(
            f"--max-gap shortens silences of the recorded timing, and --{timing.kind} has none of them"
        )
    if "lanes" in given and timing.kind == VIRTUAL:
        raise click.UsageError("--virtual sends one request at a time: leave out --lanes")
    if options["dry_run"] and options["expect_same"]:
        raise click.UsageError("--dry-run sends nothing, so there is no answer that --expect-same could compare")


def _wanted(options: dict[str, object]) -> Wanted:
    names = {"modes": "mode", "events": "kind", "causes": "cause", "numbers": "number", "calls": "call"}
    sets = {name: frozenset(options[option]) for name, option in names.items()}  # type: ignore[call-overload]  # click made them tuples
    return Wanted(**sets, since=options["since"], until=options["until"], attempts=str(options["attempts"]))  # type: ignore[arg-type]  # click checked them


def _asked(source: Path, options: dict[str, object]) -> Asked:
    if bool(options["receiver"]) == bool(options["to_recorded_urls"]):
        if options["receiver"]:
            raise click.UsageError(
                "--receiver and --to-recorded-urls exclude one another: each request goes to one address"
            )
        raise click.UsageError(
            "where to? --receiver URL is your server, --to-recorded-urls sends each where it went then"
        )
    if options["keep_signature"] and (options["app"] or options["secret"]):
        raise click.UsageError("--keep-signature signs nothing: leave out --app and --secret")
    if options["secret"] and not options["app"]:
        raise click.UsageError("--secret needs --app KEY: whose secret is it?")
    members = {
        name: options[name]
        for name in ("receiver", "app", "secret", "keep_signature", "renew", "lanes", "replacements")
    }
    mode = next(iter(options["mode"]), None)  # type: ignore[call-overload]  # click made it a tuple
    members |= {
        "source": source,
        "mode": mode,
        "timeout": options["timeout"],
        "allow_more": bool(options["allow_more"]),
    }
    return Asked(**members)  # type: ignore[arg-type]  # click checked them
