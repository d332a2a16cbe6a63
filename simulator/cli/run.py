"""`pnsim run`: plays scenarios, judges what the receiver was told and how it answered, reports."""

import os
from contextlib import closing
from pathlib import Path

import click

from simulator.bundles.folder import DEFAULT, KEPT
from simulator.cli.asked import TOKEN_VARIABLE, Asked
from simulator.cli.bundling import is_bundle
from simulator.cli.endings import UNLOADABLE
from simulator.cli.options import address, config_option, probe_path
from simulator.cli.performing import Company
from simulator.cli.plan import planned
from simulator.cli.remembered import Remembered, cache_folder
from simulator.config import load
from simulator.replay.bundle import ENDING
from simulator.scenario.places import ScenarioError
from simulator.scenario.sharding import Shard, ShardError, shard

FLAGS = {"port": "0", "control_port": "0", "clock": "virtual"}
MOST_WORKERS = 64
MOST_TIMES = 10_000


def a_shard(_: click.Context, parameter: click.Parameter, value: str | None) -> Shard | None:
    """`--shard i/n`."""
    try:
        return None if value is None else shard(value)
    except ShardError as problem:
        raise click.BadParameter(str(problem), param=parameter) from None


@click.command(short_help="Plays scenarios against a receiver and judges it.")
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(path_type=Path))
@config_option
@click.option(
    "--receiver", metavar="URL", callback=address, help="Your server: /status, /callin, /fee, /sms … are appended."
)
@click.option("--status-url", metavar="URL", callback=address, help="Where call events go instead.")
@click.option("--callin-url", metavar="URL", callback=address, help="Where callin goes instead.")
@click.option("--fee-url", metavar="URL", callback=address, help="Where CDRs go instead.")
@click.option("--sms-url", metavar="URL", callback=address, help="Where SMS notifications go instead.")
@click.option("--sms-block-url", metavar="URL", callback=address, help="Where SMS to decide about go instead.")
@click.option("--number-status-url", metavar="URL", callback=address, help="Where X-number status goes instead.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="Numbers and ids [the scenario's].")
@click.option("--start-at", metavar="INSTANT", help="Where the clock starts [2026-01-01T00:00:00Z].")
@click.option("--timeout", type=click.FloatRange(0.1), default=300, show_default=True, metavar="SECONDS",
              help="Wall time of the whole run.")  # fmt: skip
@click.option("--wait-for", metavar="URL", callback=address, help="First wait until somebody listens there.")
@click.option("-k", "expression", metavar="EXPR",
              help="Only scenarios whose name or title has this: busy and not X; rides[busy] is a row.")  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE",
              help="A=+86…, seed=3, app.recording=false, variables.n=3…")  # fmt: skip
@click.option("--ndjson", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="All of it as JSON.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="JUnit XML for your CI.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="A page with a ladder of every scenario and every byte.")  # fmt: skip
@click.option("--ladder", is_flag=True, help="Print the ladder of every scenario.")
@click.option("--github/--no-github", default=None, help="Annotate failures [where GITHUB_ACTIONS is true].")
@click.option("--strict", is_flag=True, help="Remarks, such as a body where none is due, are failures.")
@click.option("--answer-timeout", type=click.FloatRange(0.001, 3600), metavar="SECONDS",
              help="How long a receiver may take [the profile's].")  # fmt: skip
@click.option("--customer", metavar="URL", callback=address, help="Your own API, for steps that ask it.")
@click.option("--probe", metavar="PATH", callback=probe_path, help="Where it says what it counted of {session_id}.")
@click.option("--api-port", type=click.IntRange(0, 65535), default=0, metavar="PORT",
              help="Port of the platform's API, for your server to ask [any free one].")  # fmt: skip
@click.option("--simulator", metavar="URL", callback=address, help="Control address of a running simulator to play in.")
@click.option("--token", metavar="TOKEN", help=f"Its token [{TOKEN_VARIABLE}].")
@click.option("--app", metavar="KEY", help="Sign with this application of the configuration.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=1, show_default=True, metavar="N",
              help="Play in N processes; the report is the same.")  # fmt: skip
@click.option("--shard", metavar="I/N", callback=a_shard, help="Only the I-th of N parts, for N machines of a CI.")
@click.option("--repeat", type=click.IntRange(1, MOST_TIMES), default=1, show_default=True, metavar="N",
              help="Play all of it N times.")  # fmt: skip
@click.option("--fail-fast", is_flag=True, help="End with the first that does not pass; count the rest as not played.")
@click.option("--failed-first", is_flag=True, help="Begin with what failed last time.")
@click.option("--watch", is_flag=True, help="Play again what changes, until Ctrl-C; what is wrong with a file is said.")
@click.option("--bundle-dir", type=click.Path(file_okay=False, path_type=Path), default=DEFAULT, show_default=True,
              envvar="PNSIM_BUNDLE_DIR", metavar="FOLDER",
              help=f"Where a story that fails is kept as NAME{ENDING}, the latest {KEPT}.")  # fmt: skip
@click.option("--bundle/--no-bundle", "bundles", default=True, help="Keep stories that fail [yes].")
@click.option("-q", "--quiet", is_flag=True, help="Only results, no timeline.")
@click.pass_context
def run(context: click.Context, /, **options: object) -> None:
    """Play SCENARIOS (files or folders) and judge what your server was told and what it answered.

    scenarios/ is the shipped ones, also where no such folder is; scenarios/resilience scores your server.

    Each is played in a simulator of its own on a virtual clock: a week takes as long as its HTTP requests. Without
    --receiver the configuration's receivers are told, else a built-in sample receiver.

    What fails is kept as one file that plays again anywhere: pnsim run NAME.pnsim.zip [--receiver URL].

    \b
    Exit codes: 0 all passed, 1 an expectation failed, 2 usage, 3 a file could not be loaded,
    4 nothing ran or not all of it, 5 the simulator broke, 6 receiver or simulator out of reach.

    \b
    Example:
      pnsim run scenarios/axb --receiver http://127.0.0.1:9000 -k "busy or no_answer"
    """
    asked = Asked(**options)  # type: ignore[arg-type]  # click gives each option under its name
    _refuse_contradictions(asked)
    flags = {**FLAGS, "port": str(asked.api_port), "start_at": asked.start_at}
    if any(map(is_bundle, asked.scenarios)):
        from simulator.cli.bundled import play_bundle  # noqa: PLC0415 - paid only by those who play one

        context.exit(play_bundle(asked, flags))
    config = load(asked.config, os.environ, flags)
    remembered = Remembered(cache_folder())
    if asked.watch:
        from simulator.cli.watch import watch  # noqa: PLC0415 - paid only by those who watch

        context.exit(watch(asked, config, flags, remembered))
    try:
        plan = planned(asked, remembered)
    except ScenarioError as error:
        click.echo(str(error), err=True)
        context.exit(UNLOADABLE)
    with closing(Company(asked, config, remembered)) as company:
        context.exit(company.perform(plan))


def _refuse_contradictions(asked: Asked) -> None:
    if asked.simulator and asked.start_at:
        raise click.UsageError("--start-at sets the clock of a simulator of our own, not that of --simulator")
    if asked.simulator and asked.api_port:
        raise click.UsageError("--api-port is for a simulator of our own, not that of --simulator")
    if asked.token and not asked.simulator:
        raise click.UsageError("--token is for a running simulator: name it with --simulator URL")
    if asked.simulator and asked.workers > 1:
        raise click.UsageError(
            "--workers plays in simulators of our own; stories in the one of --simulator share its clock"
        )
