"""What a run keeps of stories that fail, and what it says of that."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from simulator.bundles.folder import Folder
from simulator.bundles.keeping import FAILED, Keeping, Stand
from simulator.bundles.withholding import Secret
from simulator.cli.asked import TOKEN_VARIABLE, Asked
from simulator.cli.plan import Plan
from simulator.cli.staging import chosen_app
from simulator.config import Config
from simulator.replay.bundle import ENDING
from simulator.scenario.performance import Options
from simulator.scenario.results import Result

SAID = 5
"""Bundles that are named; of the others it is said how many there are."""


def is_bundle(path: Path) -> bool:
    """Whether a file is a bundle, by its name."""
    return path.name.endswith(ENDING)


def keeping_of(asked: Asked, config: Config, options: Options, plan: Plan) -> Keeping | None:
    """Who keeps the stories of a run; nobody where none are asked for, or none would play again."""
    if not asked.bundles or asked.simulator:
        return None
    token = asked.token or os.environ.get(TOKEN_VARIABLE) or ""
    stand = Stand(
        config=config,
        app_of=lambda mode: chosen_app(config, asked.app, mode),
        options=options,
        settings=asked.settings,
        sources=plan.sources,
        secrets=(Secret("control token", token),),
    )
    return Keeping(Folder(asked.bundle_dir), stand, plan.scenarios)


def say_kept(keeping: Keeping | None) -> None:
    """One line a bundle, with the command that plays it again."""
    if keeping is None:
        return
    for path in keeping.kept[:SAID]:
        click.echo(f"-- to play it again: pnsim run {shlex.quote(str(path))}", err=True)
    if len(keeping.kept) > SAID:
        click.echo(f"-- and {len(keeping.kept) - SAID} more bundles in {keeping.kept[0].parent}", err=True)
    if keeping.problem:
        click.echo(f"-- no bundle could be written: {keeping.problem}; see --bundle-dir", err=True)


def say_none_kept(asked: Asked, results: Sequence[Result]) -> None:
    """Why what failed in another simulator left no bundle, where one was wanted."""
    if asked.bundles and asked.simulator and any(one.status in FAILED for one in results):
        click.echo(
            "-- no bundle was written: the simulator at --simulator has a seed, a clock and a past of its own, so nothing would "
            "play the same again; without --simulator a failure is kept",
            err=True,
        )
