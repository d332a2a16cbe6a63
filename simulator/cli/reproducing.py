"""`pnsim causes --reproduce CODE`: plays the stories that end with a hangup cause, with the user's own numbers."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from simulator.cli.causes import cause_of
from simulator.cli.loop import run as run_loop
from simulator.cli.staging import chosen_app, in_process
from simulator.clock import wall
from simulator.config import Config, load
from simulator.config.apps import MODES
from simulator.contract.codes import hangup_causes
from simulator.contract.reproductions import NotReproducible, Reproduction, reproduction, reproductions
from simulator.scenario.judging import PATHS
from simulator.scenario.language import Scenario
from simulator.scenario.nearest import suggestion
from simulator.scenario.performance import Clocks, Options
from simulator.scenario.reports.ndjson import Ndjson
from simulator.scenario.reports.printing import printer
from simulator.scenario.reports.timeline import Timeline
from simulator.scenario.reproducing import complaint, names_of, scenario_of
from simulator.scenario.results import exit_code
from simulator.scenario.runner import Runner
from simulator.scenario.watching import Watcher, Watchers

EVERY = "all"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says about a reproduction."""

    code: str
    mode: str | None
    receiver: str | None
    settings: tuple[str, ...]
    strict: bool
    config: Path | None
    app: str | None
    seed: int | None
    timeout: float
    ndjson: Path | None
    quiet: bool


def reproduce(wish: Wish) -> int:
    """Play what is wished; the exit code is that of a run."""
    config = load(wish.config, os.environ, {"port": "0", "control_port": "0", "clock": "virtual"})
    options = _options(wish, config)
    features = {mode: chosen_app(config, wish.app, mode).features for mode in MODES}
    scenarios = _scenarios(_meant(wish), _settings(wish.settings), features, options)
    return run_loop(_play(wish, config, options, scenarios))


async def _play(wish: Wish, config: Config, options: Options, scenarios: Sequence[Scenario]) -> int:
    ends_at = wall.monotonic() + wish.timeout
    clocks = Clocks(wall.utc_now, lambda: ends_at - wall.monotonic())
    with _watcher(wish) as watcher:
        return exit_code(await Runner(in_process(config, wish.app), options, clocks, watcher).run(scenarios))


def _options(wish: Wish, config: Config) -> Options:
    named = {slot: f"{wish.receiver}/{path}" for slot, path in PATHS.items()} if wish.receiver else None
    configured = {mode: chosen_app(config, wish.app, mode).receivers for mode in MODES}
    return Options(
        receivers=named,
        configured={mode: receivers for mode, receivers in configured.items() if receivers},
        forced=bool(named),
        seed=wish.seed,
        default_seed=config.server.seed,
        strict=wish.strict,
    )


def _meant(wish: Wish) -> list[Reproduction]:
    """The reproductions of a cause, or of all, in a mode, or in every mode where it can occur; raises UsageError."""
    if wish.code == EVERY:
        return [one for one in reproductions() if wish.mode in (None, one.mode)]
    code = cause_of(wish.code)
    modes = [wish.mode] if wish.mode else list(hangup_causes()[code].modes)
    try:
        return [reproduction(code, mode) for mode in modes]
    except NotReproducible as error:
        raise click.BadParameter(str(error), param_hint="--mode") from None


def _settings(given: Sequence[str]) -> dict[str, str]:
    settings = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            raise click.UsageError(f"--set {one!r} is not name=value, such as caller=+8613800000021")
        settings[name] = value
    return settings


def _scenarios(
    meant: Sequence[Reproduction], settings: dict[str, str], features: Mapping[str, Sequence[str]], options: Options
) -> list[Scenario]:
    """Their stories, with what the user set; raises UsageError for what fits none, or is no number."""
    known = list(dict.fromkeys(name for one in meant for name in names_of(one)))
    for name in settings:
        if name not in known:
            near = suggestion(name, known) or "."
            raise click.UsageError(
                f"--set {name}: {_which(meant)} knows no {name!r}{near} It knows: {', '.join(known)}"
            )
    for one in meant:
        for name in set(settings) & set(names_of(one)):
            right = complaint(one, name, settings[name])
            if right:
                raise click.UsageError(f"--set {name} is {settings[name]!r}, instead of {right}")
    return [scenario_of(one, settings, features[one.mode], decided=not options.told(one.mode)) for one in meant]


def _which(meant: Sequence[Reproduction]) -> str:
    codes = {one.cause.code for one in meant}
    modes = list(dict.fromkeys(one.mode for one in meant))
    what = f"the reproduction of {meant[0].cause.code}" if len(codes) == 1 else "the catalogue"
    return f"{what} in {', '.join(modes)}"


@contextmanager
def _watcher(wish: Wish) -> Iterator[Watcher]:
    timeline = Timeline(printer(sys.stdout), details=not wish.quiet)
    if wish.ndjson is None:
        yield timeline
        return
    try:
        file = wish.ndjson.open("wb")
    except OSError as error:
        raise click.BadParameter(f"{wish.ndjson}: {error.strerror}", param_hint="--ndjson") from None
    with file:
        yield Watchers([timeline, Ndjson(file)])
