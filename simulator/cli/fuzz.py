"""`pnsim fuzz`: random but valid mixes against a receiver, and the smallest that breaks it."""

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.endings import BROKEN, FAILED, PASSED, UNREACHABLE
from simulator.cli.options import address, config_option, probe_path
from simulator.cli.quantities import duration
from simulator.cli.staging import chosen_app, in_process
from simulator.clock import wall
from simulator.config import Config, load
from simulator.config.apps import MODES
from simulator.config.values import ProbeConfig
from simulator.scenario.customer_api import CustomerOptions
from simulator.scenario.judging import PATHS
from simulator.scenario.performance import Options
from simulator.scenario.results import Status

if TYPE_CHECKING:
    from simulator.cli.fuzzing import Played, Playing
    from simulator.fuzz.shrinking import Sought

FLAGS = {"port": "0", "control_port": "0", "clock": "virtual"}
MISSING = "`pnsim fuzz` needs `pip install 'privatenumber-simulator[fuzz]'`"
DECIDING = "X"
"""The mode whose receiver must answer with decisions: drawn only where it is asked for."""
EVERY = 0.25
"""Wall seconds between two looks of the line that says how far it is."""
CLEAR = "\r\x1b[2K"


@click.command(short_help="Random valid mixes against a receiver; the smallest that breaks it.")
@config_option
@click.option("--receiver", metavar="URL", callback=address, required=True,
              help="Your server: /status, /callin, /fee, /sms … are appended.")  # fmt: skip
@click.option("--for", "seconds", metavar="TIME", callback=duration, default="60s", show_default=True,
              help="Wall time of it all, making small included.")  # fmt: skip
@click.option(
    "--examples", type=click.IntRange(1), metavar="N", help="At most so many mixes [as many as the time has]."
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="What is drawn [the configuration's].")
@click.option("--mode", "modes", multiple=True, type=click.Choice(list(MODES)),
              help="Only calls of this mode [those of the configuration's apps, else all but X].")  # fmt: skip
@click.option("--app", metavar="KEY", help="Sign with this application of the configuration.")
@click.option("--strict", is_flag=True, help="Remarks, such as a body where none is due, break it.")
@click.option("--patient", is_flag=True, help="An answer may be wrong, as long as a retry is acknowledged.")
@click.option("--answer-timeout", type=click.FloatRange(0.001, 3600), metavar="SECONDS",
              help="How long the receiver may take [the profile's].")  # fmt: skip
@click.option("--customer", metavar="URL", callback=address, help="Your own API, for --probe [--receiver].")
@click.option("--probe", metavar="PATH", callback=probe_path,
              help="Where it says what it counted of {session_id}: one CDR a call, however often it came.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="FOLDER",
              help="Where the scenario and its bundle are written [here].")  # fmt: skip
@click.pass_context
def fuzz(context: click.Context, /, **options: Any) -> None:
    """Play random but valid mixes of calls, SMS, number states and faults against your server, on a virtual clock.

    Every notification must be acknowledged and nothing be answered otherwise. The first mix with which that fails is made
    as small as it can be, and written as a scenario with its bundle. Modes have credentials of their own: a server that
    checks signatures knows those of the configuration's applications, or those of the demo applications.

    \b
    Exit codes: 0 nothing broke it, 1 a mix did, 2 usage, 3 a file could not be loaded, 5 the simulator
    broke, 6 the receiver is out of reach.

    \b
    Example:
      pnsim fuzz --receiver http://127.0.0.1:9000 --for 60s --mode AXB
    """
    try:
        import hypothesis  # noqa: F401, PLC0415 - an extra: only this command needs it
    except ImportError:
        raise click.UsageError(MISSING) from None
    context.exit(_fuzz(options))


def _fuzz(options: dict[str, Any]) -> int:
    from simulator.bundles.keeping import Stand  # noqa: PLC0415 - with what writes bundles, paid by those who fuzz
    from simulator.cli.fuzzing import Playing  # noqa: PLC0415 - as above
    from simulator.cli.loop import forever  # noqa: PLC0415 - as above
    from simulator.fuzz.shrinking import Came, Search  # noqa: PLC0415 - as above

    config = load(options["config"], os.environ, FLAGS)
    app = options["app"]
    modes = _modes(options["modes"], app, config)
    seed = config.server.seed if options["seed"] is None else options["seed"]
    ends_at: float = wall.monotonic() + options["seconds"]

    def time_left() -> float:
        return ends_at - wall.monotonic()

    stand = Stand(config, lambda mode: chosen_app(config, app, mode), _options(options, config))
    click.echo(f"-- mixes of {', '.join(modes)}, seed {seed}, told: {options['receiver']}", err=True)
    with forever() as runner:
        playing = Playing(in_process(config, app), stand, runner, seed, time_left)
        playing.probed, playing.patient = options["probe"] is not None, options["patient"]
        progress = _Progress(playing, time_left)
        search = Search(progress.play, time_left)
        progress.tally = search.tally
        sought = search.run(modes, seed, options["examples"])
        if sought.smallest is not None and not sought.is_gone and sought.is_steady:
            came = playing.again(sought.smallest)
            sought = replace(sought, is_steady=came is Came.BROKEN, is_gone=came is Came.GONE)
        progress.close()
    return _told(sought, playing, stand, options)


def _modes(asked: tuple[str, ...], app: str | None, config: Config) -> list[str]:
    if app is not None:
        own = chosen_app(config, app, "AXB").mode
        if asked and set(asked) != {own}:
            raise click.UsageError(f"--app {app} is of mode {own}: leave out --mode, or name that")
        return [own]
    if asked:
        return list(dict.fromkeys(asked))
    configured = [app.mode for app in config.apps] if config.source else [mode for mode in MODES if mode != DECIDING]
    return list(dict.fromkeys(configured))


def _options(options: dict[str, Any], config: Config) -> Options:
    base = options["receiver"]
    probe = None if options["probe"] is None else replace(config.customer.probe or ProbeConfig(), path=options["probe"])
    return Options(
        receivers={slot: f"{base}/{path}" for slot, path in PATHS.items()},
        forced=True,
        default_seed=config.server.seed,
        strict=options["strict"],
        answer_timeout=options["answer_timeout"],
        customer=CustomerOptions(options["customer"] or base, config.customer.url, config.customer.headers, probe),
    )


def _told(sought: "Sought", playing: "Playing", stand: Any, options: dict[str, Any]) -> int:
    """What came of it, for a person; the exit code."""
    tally = sought.tally
    counted = f"{tally.played} mixes played" + (f", {tally.invalid} of them not to their end" if tally.invalid else "")
    found = playing.found.get(sought.play) if sought.smallest is not None else None
    if sought.is_gone:
        click.echo(f"{playing.sentence or 'the receiver is gone'}; {counted}", err=True)
        found = found or playing.latest
        if found is not None:
            click.echo("the last mix before:" if found is playing.latest else "what broke before:", err=True)
            _keep(found, stand, options)
        return UNREACHABLE
    if found is None:
        click.echo(f"nothing broke it: {counted}")
        return PASSED
    click.echo(f"broken: {counted}, {tally.broken} broke it; the smallest of them:\n")
    click.echo(found.text)
    for line in found.result.failure.lines() if found.result.failure else []:
        click.echo(line)
    if not sought.is_steady:
        click.echo("it did not break every time it was played: your server remembers earlier mixes, or is not steady")
    _keep(found, stand, options)
    return BROKEN if found.result.status is Status.BROKEN else FAILED


def _keep(found: "Played", stand: Any, options: dict[str, Any]) -> None:
    from simulator.cli.fuzzing import keep  # noqa: PLC0415 - imported long before

    try:
        file, bundle = keep(found, stand, options["output"])
    except OSError as error:
        raise click.BadParameter(f"{options['output']}: {error.strerror}", param_hint="--output") from None
    click.echo(f"\nwritten: {file}\nto play it again: pnsim run {shlex.quote(str(bundle))} {_again(options)}")


def _again(options: dict[str, Any]) -> str:
    """The options that a bundle does not bring itself: addresses."""
    words = ["--receiver", options["receiver"]]
    if options["probe"]:
        words += ["--customer", options["customer"] or options["receiver"], "--probe", options["probe"]]
    return shlex.join(words)


class _Progress:
    """`123 mixes · making the one that broke smaller · 45 s left`, on a terminal's stderr."""

    def __init__(self, playing: "Playing", time_left: Any) -> None:
        self.tally: Any = None
        self._playing = playing
        self._time_left = time_left
        self._is_shown = sys.stderr.isatty()
        self._shown_at = 0.0

    def play(self, mix: Any) -> Any:
        """Play a mix, and say so now and then."""
        came = self._playing.play(mix)
        now = wall.monotonic()
        if self._is_shown and now - self._shown_at >= EVERY:
            self._shown_at = now
            smaller = " · making the one that broke smaller" if self.tally.broken else ""
            left = max(0, round(self._time_left()))
            click.echo(f"{CLEAR}{self.tally.played} mixes{smaller} · {left} s left", nl=False, err=True)
        return came

    def close(self) -> None:
        """Take the line away."""
        if self._is_shown:
            click.echo(CLEAR, nl=False, err=True)
