"""`pnsim run`: plays scenarios, judges what the receiver was told and how it answered, reports."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from simulator.cli.endings import UNLOADABLE, UNREACHABLE
from simulator.cli.loop import run as run_loop
from simulator.cli.options import address, config_option, probe_path
from simulator.cli.reporting import Wanted, reports
from simulator.cli.staging import chosen_app, in_process, running
from simulator.clock import wall
from simulator.config import Config, load
from simulator.config.apps import MODES
from simulator.scenario import loader
from simulator.scenario.customer_api import CustomerOptions, ProbeMap
from simulator.scenario.judging import PATHS
from simulator.scenario.language import Scenario
from simulator.scenario.overriding import OverrideError, Overrides
from simulator.scenario.performance import Clocks, Options, Stager
from simulator.scenario.places import ScenarioError
from simulator.scenario.reaching import OutOfReach, wait_for
from simulator.scenario.results import exit_code
from simulator.scenario.runner import Runner
from simulator.scenario.selection import ExpressionError, selection
from simulator.scenario.shipped import shipped

IN_GITHUB = "GITHUB_ACTIONS"
TOKEN_VARIABLE = "PNSIM_CONTROL_TOKEN"  # noqa: S105 - the name of a variable, not a token


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    scenarios: tuple[Path, ...]
    config: Path | None
    receiver: str | None
    status_url: str | None
    callin_url: str | None
    fee_url: str | None
    sms_url: str | None
    sms_block_url: str | None
    number_status_url: str | None
    seed: int | None
    start_at: str | None
    timeout: float
    wait_for: str | None
    expression: str | None
    settings: tuple[str, ...]
    ndjson: Path | None
    junit: Path | None
    html: Path | None
    ladder: bool
    github: bool | None
    strict: bool
    answer_timeout: float | None
    customer: str | None
    probe: str | None
    api_port: int
    simulator: str | None
    token: str | None
    app: str | None
    quiet: bool

    def receivers(self) -> dict[str, str]:
        """The receiver's addresses by slot, as far as the command line names them."""
        base = self.receiver
        named = {slot: getattr(self, f"{slot}_url") for slot in PATHS}
        known = {slot: url or (f"{base}/{PATHS[slot]}" if base else None) for slot, url in named.items()}
        return {slot: url for slot, url in known.items() if url is not None}


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
@click.option("-q", "--quiet", is_flag=True, help="Only results, no timeline.")
@click.pass_context
def run(context: click.Context, /, **options: object) -> None:
    """Play SCENARIOS (files or folders) and judge what your server was told and what it answered.

    scenarios/ is the shipped ones, also where no such folder is; scenarios/resilience scores your server.

    Each is played in a simulator of its own on a virtual clock: a week takes as long as its HTTP requests. Without
    --receiver the configuration's receivers are told, else a built-in sample receiver.

    \b
    Exit codes: 0 all passed, 1 an expectation failed, 2 usage, 3 a file could not be loaded,
    4 nothing ran or not all of it, 5 the simulator broke, 6 receiver or simulator out of reach.

    \b
    Example:
      pnsim run scenarios/axb --receiver http://127.0.0.1:9000 -k "busy or no_answer"
    """
    asked = Asked(**options)  # type: ignore[arg-type]  # click gives each option under its name
    config = _config(asked)
    context.exit(run_loop(_run(asked, config, _load(context, asked))))


def _config(asked: Asked) -> Config:
    if asked.simulator and asked.start_at:
        raise click.UsageError("--start-at sets the clock of a simulator of our own, not that of --simulator")
    if asked.simulator and asked.api_port:
        raise click.UsageError("--api-port is for a simulator of our own, not that of --simulator")
    if asked.token and not asked.simulator:
        raise click.UsageError("--token is for a running simulator: name it with --simulator URL")
    flags = {"start_at": asked.start_at, "port": str(asked.api_port), "control_port": "0", "clock": "virtual"}
    return load(asked.config, os.environ, flags)


def _load(context: click.Context, asked: Asked) -> list[Scenario]:
    """The scenarios that are meant; ends with 3 when a file cannot be loaded."""
    try:
        overrides = Overrides(asked.settings)
        chosen = selection(asked.expression) if asked.expression is not None else lambda _: True
        files = loader.files(map(shipped, asked.scenarios))
        loaded = [scenario for path in files for scenario in loader.load_all(path, overrides.apply)]
        overrides.check_all_used()
    except ScenarioError as error:
        click.echo(str(error), err=True)
        context.exit(UNLOADABLE)
    except (OverrideError, ExpressionError) as error:
        raise click.UsageError(str(error)) from None
    meant = [scenario for scenario in loaded if chosen(f"{scenario.name} {scenario.title}")]
    if not meant:
        click.echo(f"-k {asked.expression!r} matches none of: {', '.join(one.name for one in loaded)}", err=True)
    return meant


async def _run(asked: Asked, config: Config, scenarios: Sequence[Scenario]) -> int:
    ends_at = wall.monotonic() + asked.timeout
    clocks = Clocks(wall.utc_now, lambda: ends_at - wall.monotonic())
    if asked.wait_for:
        try:
            await wait_for(asked.wait_for, clocks.wall_left)
        except OutOfReach as error:
            click.echo(str(error), err=True)
            return UNREACHABLE
    with reports(_wanted(asked)) as watcher:
        runner = Runner(_stager(asked, config), _options(asked, config), clocks, watcher)
        return exit_code(await runner.run(scenarios))


def _stager(asked: Asked, config: Config) -> Stager:
    app = chosen_app(config, asked.app, "AXB") if asked.app else None
    if not asked.simulator:
        return in_process(config, asked.app, asked.api_port)
    token = asked.token or os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise click.UsageError(f"--simulator needs its token: --token, or {TOKEN_VARIABLE} in the environment")
    return running(asked.simulator, token, app)


def _options(asked: Asked, config: Config) -> Options:
    named = asked.receivers()
    configured = {mode: chosen_app(config, asked.app, mode).receivers for mode in MODES}
    return Options(
        receivers=named or None,
        configured={mode: receivers for mode, receivers in configured.items() if receivers},
        forced=bool(named),
        seed=asked.seed,
        default_seed=config.server.seed,
        strict=asked.strict,
        answer_timeout=asked.answer_timeout,
        customer=_customer(asked, config),
    )


def _customer(asked: Asked, config: Config) -> CustomerOptions:
    """The customer's own API; --probe says the path, the configuration where in the answer it stands."""
    known = config.customer.probe
    probe = None if known is None else ProbeMap(**asdict(known))
    if asked.probe is not None:
        probe = replace(probe or ProbeMap(), path=asked.probe)
    return CustomerOptions(asked.customer, config.customer.url, config.customer.headers, probe)


def _wanted(asked: Asked) -> Wanted:
    return Wanted(
        quiet=asked.quiet,
        ladder=asked.ladder,
        github=os.environ.get(IN_GITHUB) == "true" if asked.github is None else asked.github,
        ndjson=asked.ndjson,
        junit=asked.junit,
        html=asked.html,
    )
