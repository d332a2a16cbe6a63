"""`pnsim serve`: the platform, until it is told to stop."""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator import __version__
from simulator.cli.endings import USAGE
from simulator.cli.logs import install, tell
from simulator.cli.loop import run, stop_signals
from simulator.cli.options import config_option, server_options
from simulator.cli.page import page_address
from simulator.cli.readyfile import ReadyFile
from simulator.config import Config, load
from simulator.store.log import StoreFailed

if TYPE_CHECKING:
    from simulator.app import Ready, Simulator
    from simulator.exchange.comeback import Returned


class PortTaken(click.ClickException):
    """A port of the command line, the environment or the file is not free: one line, the exit code of wrong usage."""

    exit_code = USAGE


@click.command(short_help="The mock platform: API port, control port.")
@config_option
@server_options
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write addresses, token, pid and apps here once both ports are bound; removed at the end.",
)
def serve(config: Path | None, ready_file: Path | None, **flags: str | None) -> None:
    """The platform: its API on one port, its control plane on another, until SIGTERM or Ctrl-C.

    Flags beat PNSIM_… variables, those beat the file, that beats the defaults. Without a
    file there is a demo application for each mode.

    With --store FILE everything is kept in FILE as it happens: started again, also after
    kill -9, it goes on from there. One process at a time has the file.

    \b
    Example:
      pnsim serve --port 8080 --clock virtual --ready-file ready.json
      pnsim serve --store pnsim.db
    """
    if ready_file is not None and not ready_file.absolute().parent.is_dir():
        raise click.BadParameter(f"the folder of {ready_file} is not there", param_hint="--ready-file")
    loaded = load(config, os.environ, flags)
    gc.disable()  # until all is loaded: what a start makes is no garbage, and looking for some takes a tenth of it
    run(_serve(loaded, None if ready_file is None else ReadyFile(ready_file)))


async def _serve(config: Config, ready_file: ReadyFile | None) -> None:
    """Start, say where, wait for a signal or a broken part, stop."""
    from simulator.app import assemble  # noqa: PLC0415 - after the options are known to be right

    stop = stop_signals()
    if ready_file is not None:
        ready_file.clear()
    simulator = assemble(config)
    undo = _log(simulator, config)
    try:
        await _served(simulator, config, stop, ready_file)
    finally:
        undo()


async def _served(simulator: "Simulator", config: Config, stop: asyncio.Event, ready_file: ReadyFile | None) -> None:
    from simulator.app import OpenToOthers, PortInUse, settle_memory  # noqa: PLC0415 - as in _serve

    try:
        ready = await simulator.start()
    except PortInUse as taken:
        raise PortTaken(str(taken)) from None
    except OpenToOthers as opened:
        raise click.UsageError(str(opened)) from None
    try:
        tell(logging.INFO, "ready", api=ready.api, control=ready.control, apps=[key for key, _ in ready.apps])
        if ready_file is not None:
            ready_file.write(ready.as_json())
        settle_memory()
        _say(ready, config, simulator)
        await _until(stop, simulator)
    except Exception as error:
        _tell_broken(error)
        raise
    finally:
        if ready_file is not None:
            ready_file.remove()
        await simulator.stop()
        tell(logging.INFO, "stopped")


def _log(simulator: "Simulator", config: Config) -> Callable[[], None]:
    """Start the log; what it gives back ends it."""
    from simulator.cli.log_rows import follow  # noqa: PLC0415 - as in _serve

    exchange, server = simulator.exchange, config.server
    undo = install(
        server.log_level,
        server.log_format,
        lambda: (simulator.token, *(app.secret for app in exchange.apps())),
    )
    follow(exchange.journal)
    tell(logging.INFO, "start", version=__version__, pid=os.getpid(), clock=server.clock, seed=server.seed)
    return undo


def _tell_broken(error: Exception) -> None:
    """A part broke: a full disk is told as that, everything else is a bug and has its traceback."""
    if isinstance(error, StoreFailed):
        tell(logging.WARNING, "store_failed", why=str(error))  # the command's own last line says it anyway
    else:
        tell(logging.ERROR, "bug", exc_info=error, error=type(error).__name__)


async def _until(stop: asyncio.Event, simulator: "Simulator") -> None:
    """Return when told to stop; raises what broke the simulator."""
    endings: list[asyncio.Future[Any]] = [asyncio.ensure_future(stop.wait())]
    if simulator.failed is not None:
        endings.append(simulator.failed)
    try:
        done, _ = await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
    finally:
        endings[0].cancel()
    for ending in done:
        ending.result()


def _say(ready: "Ready", config: Config, simulator: "Simulator") -> None:
    """Where it listens and with which applications."""
    lines = [
        f"pnsim {__version__} is ready (Ctrl-C stops it)",
        f"  API      {ready.api}",
        f"  control  {ready.control}",
    ]
    lines.append(f"  token    {ready.token}")
    lines.append(f"  page     {page_address(ready.control, ready.token)}")
    for app_key, mode in ready.apps:
        # Only the demo's secret is printed: it is the same everywhere.
        secret = "" if config.source else f", secret {app_key}-secret"
        lines.append(f"  app      {app_key} ({mode}{secret})")
    if not ready.apps:
        lines.append("  app      none: add one with [[apps]] in the configuration or POST /control/v1/apps")
    if simulator.store is not None and simulator.returned is not None:
        lines.append(f"  journal  {_journal_words(simulator.store.path, simulator.returned)}")
        lines += [f"           {line}" for line in _changes(simulator.returned)]
    clock = "virtual" if simulator.exchange.clock.scale == 0 else "real"
    lines.append(f"  clock    {_clock_words(clock)}")
    click.echo("\n".join(lines))
    sys.stdout.flush()
    if simulator.store is not None and simulator.store.remark:
        click.echo(f"-- {simulator.store.remark}", err=True)


def _journal_words(path: Path, returned: "Returned") -> str:
    if returned.is_new:
        return f"{path} (new)"
    return f"{path}: goes on from {returned.until:%Y-%m-%d %H:%M:%S} UTC, {returned.played} commands played again"


def _changes(returned: "Returned") -> Iterator[str]:
    """What is not as the process before had it: the configuration was another."""
    for one in returned.applied if not returned.is_new else ():
        news = f"now as configured: {', '.join(one.members)}" if one.members else "new in the configuration"
        yield f"{one.app_key}: {news}"
    for app_key in returned.left:
        yield f"{app_key}: no longer in the configuration, goes on; DELETE /control/v1/apps/{app_key} takes it away"


def _clock_words(clock: str) -> str:
    return "real" if clock == "real" else "virtual: stands until POST /control/v1/clock/advance"
