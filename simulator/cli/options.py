"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from simulator.config import OPTIONS, Option
from simulator.config.checks import WrongValueError
from simulator.config.checks import url as checked_url
from simulator.config.customer import probe_path as checked_path

Command = TypeVar("Command", bound=Callable[..., object])

CONFIG_HELP = "Configuration file; else PNSIM_CONFIG, else pnsim.toml where it is there."


def address(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A URL option, checked as the configuration checks receivers; paths are appended to it."""
    exact = exact_address(_, parameter, value)
    return None if exact is None else exact.rstrip("/")


def exact_address(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A URL option that nothing is appended to, checked in the same way."""
    try:
        return None if value is None else str(checked_url(value))
    except WrongValueError as problem:
        raise click.BadParameter(str(problem), param=parameter) from None


def probe_path(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A path that has the call's id in it, checked as the configuration checks it."""
    try:
        return None if value is None else checked_path(value)
    except WrongValueError as problem:
        raise click.BadParameter(str(problem), param=parameter) from None


def config_option(command: Command) -> Command:
    """`--config FILE`."""
    return click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help=CONFIG_HELP)(command)


def server_options(command: Command) -> Command:
    """Every option of `[server]` as a flag; the configuration checks them: all places say the same sentences."""
    for option in reversed(OPTIONS.values()):
        command = click.option(option.flag, option.name, metavar=option.metavar, help=_help(option))(command)
    return command


def _help(option: Option) -> str:
    default = "" if option.default is None else f"; default {option.default}"
    return f"{option.help} [{option.env}{default}]"
