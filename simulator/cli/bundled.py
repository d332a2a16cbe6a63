"""`pnsim run NAME.pnsim.zip`: one bundle is played again, in a simulator of our own."""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from simulator.bundles.replaying import Comparing, check_dialled, configured, opened, other_version
from simulator.cli.asked import Asked
from simulator.cli.endings import UNLOADABLE
from simulator.cli.narrating import shown
from simulator.cli.performing import Company
from simulator.cli.plan import Plan
from simulator.cli.remembered import Remembered
from simulator.config import load
from simulator.replay.bundle import Bundle
from simulator.replay.bundle_reading import BundleError, read
from simulator.scenario.overriding import OverrideError
from simulator.scenario.places import ScenarioError

ITS_OWN = (
    ("seed", "--seed"), ("start_at", "--start-at"), ("app", "--app"), ("expression", "-k"), ("settings", "--set"),
    ("shard", "--shard"), ("failed_first", "--failed-first"),
)  # fmt: skip
"""What a bundle brings itself."""


def play_bundle(asked: Asked, flags: Mapping[str, str | None]) -> int:
    """Play it; the exit code. Raises UsageError and ConfigError."""
    _refuse(asked)
    (path,) = asked.scenarios
    try:
        bundle = read(path)
        config = configured(bundle, path, {**flags, "start_at": None}, load(asked.config, os.environ, flags))
        with opened(bundle, Path(path.name)) as scenario:
            check_dialled(config, scenario, path, receiver=bool(asked.receivers()), customer=asked.customer is not None)
            _introduce(path, bundle)
            comparing = Comparing(bundle)
            plan = Plan([replace(scenario, repetition=time) for time in range(1, asked.repeat + 1)])
            company = Company(_as_then(asked, bundle), config, Remembered(None), comparing)
            with closing(company):
                code = company.perform(plan)
    except (BundleError, ScenarioError) as error:
        click.echo(_in_lines(str(error)), err=True)
        return UNLOADABLE
    except OverrideError as error:
        click.echo(f"{path}: its settings cannot be used: {shown(str(error))}", err=True)
        return UNLOADABLE
    if said := comparing.sentence():
        click.echo(f"-- {said}", err=True)
    return code


def _refuse(asked: Asked) -> None:
    if len(asked.scenarios) > 1:
        raise click.UsageError("a bundle is played alone: name one NAME.pnsim.zip, and nothing beside it")
    for name, flag in ITS_OWN:
        if getattr(asked, name) not in (None, (), False):
            raise click.UsageError(f"{flag} would tell another story: a bundle is played as it was recorded")
    if asked.simulator:
        raise click.UsageError("a bundle is played in a simulator of its own: leave out --simulator")
    if asked.workers > 1 or asked.watch:
        raise click.UsageError("a bundle is one story that does not change: leave out --workers and --watch")


def _as_then(asked: Asked, bundle: Bundle) -> Asked:
    """The command line with what the story was played with."""
    manifest = bundle.manifest
    return replace(
        asked,
        seed=manifest.seed,
        app=manifest.app_key,
        strict=asked.strict or manifest.strict,
        answer_timeout=asked.answer_timeout or manifest.answer_timeout,
        bundles=False,
    )


def _introduce(path: Path, bundle: Bundle) -> None:
    manifest = bundle.manifest
    made = manifest.made_with
    click.echo(
        f"-- {path.name}: {shown(manifest.scenario)}, seed {manifest.seed}, which ended {shown(manifest.result.status)}; "
        f"made with pnsim {shown(made.pnsim)}, Python {shown(made.python)} on {shown(made.platform)}",
        err=True,
    )
    if manifest.withheld:
        click.echo(f"-- withheld: {shown(', '.join(manifest.withheld))}", err=True)
    if said := other_version(bundle):
        click.echo(f"-- {said}", err=True)


def _in_lines(text: str) -> str:
    """A stranger's text as text, line by line."""
    return "\n".join(shown(line) for line in text.split("\n"))
