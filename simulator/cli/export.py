"""`pnsim export`: a scenario in the form of another tool."""

import os
from pathlib import Path

import click

from simulator.cli.endings import UNLOADABLE
from simulator.cli.load import planned
from simulator.cli.options import config_option
from simulator.cli.staging import chosen_app
from simulator.config import load as load_config
from simulator.config.demo import demo_app
from simulator.load.exporting import locustfile
from simulator.load.rehearsal import rehearse
from simulator.load.script import script_of
from simulator.scenario import loader
from simulator.scenario.judging import PATHS
from simulator.scenario.places import ScenarioError
from simulator.scenario.shipped import shipped

ANYWHERE = "http://127.0.0.1:9000"
"""Locust's --host takes its place."""


@click.group(short_help="A scenario in the form of another tool: locust.")
def export() -> None:
    """Write a scenario in the form of another tool.

    \b
    Example:
      pnsim export locust scenarios/axb/axb_busy.yaml -o locustfile.py
    """


@export.command(short_help="A locustfile that plays a scenario's calls.")
@click.argument("scenario", type=click.Path(path_type=Path))
@config_option
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="[standard output]"
)
@click.option("--app", metavar="KEY", help="Sign with this application of the configuration.")
@click.option("--casts", type=click.IntRange(1, 5000), default=50, show_default=True, metavar="N",
              help="Casts of a process, each with numbers of its own.")  # fmt: skip
@click.option("--connections", type=click.IntRange(1, 1000), default=100, show_default=True, metavar="N",
              help="Requests of a process at once.")  # fmt: skip
@click.pass_context
def locust(context: click.Context, /, scenario: Path, output: Path | None, **options: object) -> None:
    """Write a locustfile that plays the calls of SCENARIO, signed and schema-valid, under Locust's master and workers.

    For loads that one machine cannot make. Its head says how to start it; the machines need this package and Locust.

    \b
    Example:
      pnsim export locust scenarios/axb/axb_busy.yaml -o locustfile.py
      locust -f locustfile.py --host http://127.0.0.1:9000 --headless --users 200 --run-time 60s
    """
    try:
        text = _locustfile(shipped(scenario), output, options)
    except ScenarioError as error:
        click.echo(str(error), err=True)
        context.exit(UNLOADABLE)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"{output}: {error.strerror}", param_hint="--output") from None


def _locustfile(scenario: Path, output: Path | None, options: dict[str, object]) -> str:
    config = load_config(options["config"], os.environ, {})  # type: ignore[arg-type]  # click makes it a path
    script = script_of(loader.load(scenario))
    app = chosen_app(config, options["app"], script.scenario.mode)  # type: ignore[arg-type]  # a text or None
    plan = planned(script, scenario, config, app, {slot: f"{ANYWHERE}/{path}" for slot, path in PATHS.items()})
    plan = plan.changed(casts=options["casts"], connections=options["connections"])
    rehearse(plan)
    return locustfile(
        plan,
        script.scenario.name,
        script.scenario.title,
        PATHS,
        demo=app == demo_app(script.scenario.mode),
        file=output.name if output else "locustfile.py",
    )
