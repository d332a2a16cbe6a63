"""How a command finds the running simulator that it asks: its address and its token."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click
import orjson

from simulator.cli.options import address, config_option
from simulator.client.client import ControlClient
from simulator.client.errors import ControlError
from simulator.config import load

T = TypeVar("T")

TOKEN_VARIABLE = "PNSIM_CONTROL_TOKEN"  # noqa: S105 - the name of a variable, not a token

OPTIONS = (
    config_option,
    click.option(
        "--ready-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What `pnsim serve --ready-file` wrote: address and token.",
    ),
    click.option("--token", metavar="TOKEN", help=f"Its token [the configuration's, {TOKEN_VARIABLE}]."),
    click.option(
        "--simulator",
        metavar="URL",
        callback=address,
        help="Control address of the simulator [that of the configuration].",
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the command line says that the simulator is."""

    simulator: str | None
    token: str | None
    ready_file: Path | None
    config: Path | None

    def found(self) -> tuple[str, str]:
        """Address and token of the control plane: given, in the ready file, or in the configuration."""
        ready = _ready(self.ready_file) if self.ready_file else {}
        server = load(self.config, os.environ, {}).server
        host = f"[{server.host}]" if ":" in server.host else server.host
        configured = f"http://{host}:{server.control_port}" if server.control_port else None
        url = self.simulator or ready.get("control") or configured
        token = self.token or ready.get("token") or server.control_token
        if not url:
            raise click.UsageError(
                "control_port is 0, any free one: name the simulator with --simulator or --ready-file"
            )
        if not token:
            raise click.UsageError(f"the simulator's token is needed: --token, --ready-file, or {TOKEN_VARIABLE}")
        return url, token

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[ControlClient]:
        """A client of it; what it refuses is wrong usage."""
        url, token = self.found()
        try:
            async with ControlClient(url, token) as control:
                yield control
        except ControlError as error:
            raise click.UsageError(f"the simulator at {url} refuses: {error}") from None


def simulator_options(command: Callable[..., T]) -> Callable[..., T]:
    """`--simulator`, `--token`, `--ready-file` and `--config`, which the command takes together as `place`."""

    @wraps(command)
    def packed(
        *, simulator: str | None, token: str | None, ready_file: Path | None, config: Path | None, **others: object
    ) -> T:
        return command(place=Place(simulator, token, ready_file, config), **others)

    for option in OPTIONS:
        packed = option(packed)
    return packed


def _ready(path: Path) -> dict[str, str]:
    try:
        ready = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise click.BadParameter(f"{path} is no ready file: {error}", param_hint="--ready-file") from None
    said = ready if isinstance(ready, dict) else {}
    return {name: value for name, value in said.items() if isinstance(value, str)}
