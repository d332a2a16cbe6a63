"""The command `pnsim`: finds the command's file only when it is asked for, and turns every ending into an exit code."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from simulator import __version__
from simulator.cli.endings import BROKEN, exit_code

COMMANDS = {
    "serve": "simulator.cli.serve:serve",
    "run": "simulator.cli.run:run",
    "receive": "simulator.cli.receive:receive",
    "request": "simulator.cli.request:request",
    "causes": "simulator.cli.hangups:causes",
    "profile": "simulator.cli.catalogue:profile",
    "schemas": "simulator.cli.catalogue:schemas",
    "check": "simulator.cli.check:check",
    "init": "simulator.cli.init:init",
    "demo": "simulator.cli.demo:demo",
    "faults": "simulator.cli.faults:faults",
    "trigger": "simulator.cli.trigger:trigger",
    "numbers": "simulator.cli.numbers:numbers",
    "load": "simulator.cli.load:load",
    "export": "simulator.cli.export:export",
    "replay": "simulator.cli.replay:replay",
    "drift": "simulator.cli.drift:drift",
    "scenario": "simulator.cli.scenario:scenario",
    "capture": "simulator.cli.capture:capture",
    "mask": "simulator.cli.mask:mask",
    "bundle": "simulator.cli.bundle:bundle",
    "fuzz": "simulator.cli.fuzz:fuzz",
    "journal": "simulator.cli.journal:journal",
    "calls": "simulator.cli.calls:calls",
    "clock": "simulator.cli.clock:clock",
    "reset": "simulator.cli.reset:reset",
}


class ReadEnough(Exception):
    """Whoever read our output through a pipe has gone. click would make a 1 of it, which is a failed expectation."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called: starting one does not pay for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of COMMANDS."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; raises ReadEnough where nobody reads any more what it says."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReadEnough from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; a wrong name is answered with the nearest one."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            near = get_close_matches(name, COMMANDS, 1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            ctx.fail(f"no command {name!r}; {hint}There are: {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pnsim", message="%(prog)s %(version)s")
def pnsim() -> None:
    """A privacy-call platform on your laptop: its API, its calls, its signed notifications.

    \b
    First steps:
      pnsim demo                     a call in two processes, start to end
      pnsim serve                    the platform, with a demo application
      pnsim receive                  a customer's server that checks what it gets
      pnsim request bind --help      a signed API request
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is one of those that `pnsim --help` and the README list. Never raises."""
    _open_streams()
    try:
        result = pnsim.main(args=list(args) if args is not None else None, prog_name="pnsim", standalone_mode=False)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else 0
    except ReadEnough:
        return _read_enough()
    except BaseException as error:  # noqa: BLE001 - the last place: every ending becomes an exit code and a sentence
        return _told(error)
    return result if isinstance(result, int) else 0


def _open_streams() -> None:
    """Give what was closed by whoever started us a place that leads nowhere: else the next file would become stdout."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    nowhere = Path(os.devnull)
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")


def _read_enough() -> int:
    """Whoever read our output had enough; without this Python complains when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _told(error: BaseException) -> int:
    """The exit code of an ending whose sentence went to stderr, or would have, were there room for it."""
    try:
        return exit_code(error)
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        return BROKEN
