"""`pnsim load`: a scenario's calls at a rate, against a receiver; thresholds set the exit code."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from simulator.cli.endings import BROKEN, FAILED, INTERRUPTED, NOTHING_RAN, PASSED, UNLOADABLE, UNREACHABLE
from simulator.cli.loop import run as run_loop
from simulator.cli.loop import stop_signals
from simulator.cli.options import address, config_option
from simulator.cli.quantities import allowed, duration, milliseconds, rate
from simulator.cli.staging import chosen_app
from simulator.cli.tables import print_json
from simulator.config import Config
from simulator.config import load as load_config
from simulator.config.values import AppOptions
from simulator.load import ceiling, thresholds
from simulator.load.arrivals import EVEN, GAPS
from simulator.load.crew import Crew, WorkerBroke, WorkerRefused
from simulator.load.measuring import MissingHistogram, empty_histogram
from simulator.load.plan import Plan
from simulator.load.rehearsal import rehearse
from simulator.load.report import table
from simulator.load.script import Script, script_of
from simulator.load.summary import Summary, summed_up
from simulator.scenario import loader
from simulator.scenario.judging import PATHS
from simulator.scenario.places import ScenarioError
from simulator.scenario.reaching import OutOfReach, check_all
from simulator.scenario.reports.printing import printer, text_of
from simulator.scenario.shipped import shipped
from simulator.staging import members

WORKER = (sys.executable, "-m", "simulator.cli.load_worker")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    scenario: Path
    config: Path | None
    receiver: str | None
    app: str | None
    rate: float
    for_seconds: float
    arrivals: str
    workers: int
    casts: int
    connections: int
    seed: int | None
    answer_timeout: float | None
    max_failures: thresholds.Allowed
    max_p50: float | None
    max_p90: float | None
    max_p99: float | None
    max_p999: float | None
    max_lag: float | None
    stop_after: int
    allow_more: bool
    as_json: bool
    quiet: bool

    def limits(self) -> dict[str, float]:
        """The thresholds in milliseconds that were set."""
        given = {name: getattr(self, name) for name in thresholds.OPTIONS}
        return {name: limit for name, limit in given.items() if limit is not None}


def _threshold(flag: str, text: str) -> Callable[[Any], Any]:
    return click.option(flag, metavar="DURATION", callback=milliseconds, help=text)


@click.command(short_help="A scenario's calls at a rate, with latencies and thresholds.")
@click.argument("scenario", type=click.Path(path_type=Path))
@config_option
@click.option("--receiver", metavar="URL", callback=address, help="Your server: /status, /callin, /fee … are appended.")
@click.option("--app", metavar="KEY", help="Sign with this application of the configuration.")
@click.option("--rate", default="10/s", show_default=True, metavar="CALLS/s", callback=rate, help="Calls that begin.")
@click.option("--for", "for_seconds", default="10s", show_default=True, metavar="DURATION", callback=duration,
              help="How long they begin.")  # fmt: skip
@click.option("--arrivals", type=click.Choice(GAPS), default=EVEN, show_default=True,
              help="Equal gaps between calls, or random ones as callers make them, drawn from the seed.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N", help="Processes.")
@click.option("--casts", type=click.IntRange(1, 5000), default=50, show_default=True, metavar="N",
              help="Casts of a process, each with numbers of its own.")  # fmt: skip
@click.option("--connections", type=click.IntRange(1, 1000), default=100, show_default=True, metavar="N",
              help="Requests of a process at once.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="Numbers and ids [the configuration's].")
@click.option("--answer-timeout", type=click.FloatRange(0.001, 3600), metavar="SECONDS",
              help="How long the receiver may take [the profile's].")  # fmt: skip
@click.option(
    "--max-failures", default="0", show_default=True, metavar="N|N%", callback=allowed, help="More fail the load."
)
@_threshold("--max-p50", "The median latency may be at most this.")
@_threshold("--max-p90", "… the 90th percentile.")
@_threshold("--max-p99", "… the 99th percentile.")
@_threshold("--max-p999", "… the 99.9th percentile.")
@_threshold("--max-lag", "99 of 100 calls may begin at most this late: beyond, the generator is the bottleneck.")
@click.option("--stop-after", type=click.IntRange(1, 100_000), default=50, show_default=True, metavar="N",
              help="Stop after so many connection errors in a row.")  # fmt: skip
@click.option("--allow-more", is_flag=True, help="The receiver is yours and may get more than the ceiling.")
@click.option("--json", "as_json", is_flag=True, help="The account as one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.pass_context
def load(context: click.Context, /, **options: object) -> None:
    """Play the calls of SCENARIO at a rate, on the real clock, and measure how your server takes their notifications.

    Calls begin at their instants whether or not earlier ones have ended, and latency counts from the instant at which a
    notification was to be sent: a server that hangs for a second delays all that were due in that second. Binds are made
    once for every cast; expectations are left out; a failed notification is not sent again.

    \b
    Ceilings: 2,000 calls a second and 5,000,000 in all on this machine, 100 and 100,000 elsewhere.
    Exit codes: 0 all thresholds kept, 1 one crossed or stopped early, 2 usage, 3 a file could not be
    loaded, 4 no call was played, 5 the simulator broke, 6 the receiver is out of reach.

    \b
    Example:
      pnsim load scenarios/axb/axb_busy.yaml --receiver http://127.0.0.1:9000 \\
          --rate 200/s --for 60s --workers 2 --max-p99 200ms --max-failures 1%
    """
    asked = Asked(**options)  # type: ignore[arg-type]  # click gives each option under its name
    asked = replace(asked, scenario=shipped(asked.scenario))
    try:
        empty_histogram()
        plan, script = _prepared(asked)
    except MissingHistogram as missing:
        raise click.UsageError(str(missing)) from None
    except ScenarioError as error:
        click.echo(str(error), err=True)
        context.exit(UNLOADABLE)
    _say_plan(asked, plan, script)
    context.exit(run_loop(_run(asked, plan)))


def _prepared(asked: Asked) -> tuple[Plan, Script]:
    """The plan, rehearsed. Raises ScenarioError, UsageError."""
    config = load_config(asked.config, os.environ, {})
    script = script_of(loader.load(asked.scenario))
    plan = _plan(asked, config, script)
    rehearse(plan)
    return plan, script


def _plan(asked: Asked, config: Config, script: Script) -> Plan:
    app = chosen_app(config, asked.app, script.scenario.mode)
    named = {slot: f"{asked.receiver}/{path}" for slot, path in PATHS.items()} if asked.receiver else {}
    receivers = named or dict(app.receivers)
    if not receivers:
        raise click.UsageError("a load needs a receiver: name it with --receiver URL, or in the configuration")
    given: dict[str, object] = {
        name: getattr(asked, name) for name in ("rate", "arrivals", "casts", "connections", "workers")
    }
    given |= {"seconds": asked.for_seconds, "stop_after": asked.stop_after}
    if asked.seed is not None:
        given["seed"] = asked.seed
    if asked.answer_timeout is not None:
        app = replace(app, profile={**app.profile, "answer_timeout_seconds": asked.answer_timeout})
    return planned(script, asked.scenario, config, app, receivers).changed(**given)


def planned(script: Script, scenario: Path, config: Config, app: AppOptions, receivers: Mapping[str, str]) -> Plan:
    """A plan of a scenario as the configuration and the application have it; the rest can be changed."""
    seed = script.scenario.seed
    return Plan(
        file=str(scenario),
        text=scenario.read_text(encoding="utf-8"),
        app={**members(app), "app_key": app.app_key, "app_secret": app.app_secret, "receivers": dict(receivers)},
        seed=config.server.seed if seed is None else seed,
        settings=dict(config.profile),
        edition=config.server.edition,
    )


def _say_plan(asked: Asked, plan: Plan, script: Script) -> None:
    told = ", ".join(dict.fromkeys(url.rpartition("/")[0] for url in plan.app["receivers"].values()))
    processes = "1 process" if plan.workers == 1 else f"{plan.workers} processes"
    click.echo(
        f"{script.scenario.name}: {plan.rate:g} calls a second for {plan.seconds:g} s, {processes} → {told}", err=True
    )
    if script.unjudged:
        what = "1 expectation is" if script.unjudged == 1 else f"{script.unjudged} expectations are"
        click.echo(f"{what} not judged under load: every notification must be acknowledged", err=True)
    if asked.allow_more:
        click.echo("--allow-more: no ceiling holds", err=True)


async def _run(asked: Asked, plan: Plan) -> int:
    receivers = plan.app["receivers"].values()
    try:
        await check_all(receivers)
        if not asked.allow_more:
            for url in receivers:
                ceiling.check(await ceiling.ceiling_of(url), url, plan.rate, plan.seconds)
    except (OutOfReach, OSError) as error:
        click.echo(str(error).partition(", or see")[0], err=True)
        return UNREACHABLE
    except ceiling.TooMuch as error:
        raise click.UsageError(str(error)) from None
    stop = stop_signals()
    try:
        with _progress(plan, quiet=asked.quiet) as progress:
            results = await Crew(WORKER, plan, progress).run(stop)
    except WorkerRefused as error:
        click.echo(str(error), err=True)
        return UNLOADABLE
    except WorkerBroke as error:
        click.echo(str(error), err=True)
        return BROKEN
    return _report(asked, summed_up(results), stop)


def _report(asked: Asked, summary: Summary, stop: asyncio.Event) -> int:
    verdicts = thresholds.judged(summary, asked.limits(), asked.max_failures)
    code = INTERRUPTED if stop.is_set() else _exit_code(summary, verdicts)
    if asked.as_json:
        rows = [
            {"threshold": one.name, "limit": one.limit, "measured": one.measured, "kept": one.kept} for one in verdicts
        ]
        print_json({**summary.as_json(), "thresholds": rows, "exit_code": code})
        return code
    show = printer(sys.stdout)
    for line in table(summary, verdicts):
        show(line, whole=text_of(line).startswith(" "))
    return code


def _exit_code(summary: Summary, verdicts: Sequence[thresholds.Kept]) -> int:
    if summary.violations:
        return BROKEN
    if summary.stopped or not all(verdict.kept for verdict in verdicts):
        return FAILED
    return PASSED if summary.told else NOTHING_RAN


@contextmanager
def _progress(plan: Plan, *, quiet: bool) -> Iterator[Callable[[dict[str, int]], None]]:
    """How it stands, in one line on a terminal; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a terminal pays

    calls = round(plan.rate * plan.seconds)
    with Console(stderr=True, highlight=False).status("getting ready") as status:

        def show(standing: dict[str, int]) -> None:
            dialled, told, failed = (standing.get(name, 0) for name in ("dialled", "told", "failed"))
            status.update(f"{dialled:,} of {calls:,} calls  {told:,} notifications  {failed:,} failed")

        yield show
