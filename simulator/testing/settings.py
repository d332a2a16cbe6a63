"""The arguments of `Simulator` as a configuration: the names and the checks are those of pnsim.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypedDict

from simulator.config import OPTIONS, AppOptions, Config, ConfigError, Origin, load
from simulator.config.checks import WrongValueError
from simulator.config.load import apps_options, without_file
from simulator.testing.applications import receivers
from simulator.testing.failing import check_words

INSIDE = {"store": "memory", "port": 0, "control_port": 0, "clock": "virtual"}
"""What a simulator inside a test has unless it is told otherwise, whatever a configuration file says."""

LONGEST_PATIENCE = 86_400
"""Seconds that a method of a platform may take at most."""

OF_SERVE = ("log_format", "log_level")
"""Options of a program that serves: inside a test the test framework has the log."""

ARGUMENTS = ("config", "apps", "profile", "receiver", "wall_seconds")


class ServerWords(TypedDict, total=False):
    """`[server]` of pnsim.toml."""

    host: str
    port: int
    control_port: int
    store: Literal["memory"]
    store_max_rows: int
    store_max_bytes: int
    clock: Literal["virtual", "real"]
    tls: str | Mapping[str, str]
    edition: Literal["2019", "2022", "2026"]
    seed: int
    start_at: str | datetime
    control_token: str


def configuration(
    config: str | Path | None,
    apps: Sequence[Mapping[str, object]] | None,
    profile: Mapping[str, object] | None,
    receiver: str | Mapping[str, str] | None,
    server: Mapping[str, object],
) -> Config:
    """The file, if one is named, and what the arguments change of it. Raises ConfigError, WrongWord."""
    check_words("Simulator", server, (*ARGUMENTS, *(name for name in OPTIONS if name not in OF_SERVE)))
    flags: dict[str, Any] = {**INSIDE, **{name: _checked(name, value) for name, value in server.items()}}
    if flags["store"] != "memory":
        raise ConfigError(
            'Simulator: store must be "memory": a simulator in a test starts anew with every test; '
            "`pnsim serve --store FILE` keeps a journal in a file"
        )
    made = without_file(flags) if config is None else load(Path(config), {}, flags)
    if apps is not None:
        made = replace(made, apps=apps_options(list(apps), Origin("Simulator")))
    if receiver is not None:
        told = receivers(receiver)
        made = replace(made, apps=tuple(_told(app, told) for app in made.apps))
    if profile:
        lines = {name: line for name, line in made.profile_lines.items() if name not in profile}
        made = replace(made, profile={**made.profile, **profile}, profile_lines=lines)
    return made


def check_patience(seconds: object) -> None:
    """Raises ConfigError where a method could never wait, or for ever."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_PATIENCE:
        raise ConfigError(
            f"Simulator: wall_seconds must be a number above 0, at most {LONGEST_PATIENCE}, not {seconds!r}"
        )


def _told(app: AppOptions, receivers: Mapping[str, str]) -> AppOptions:
    return replace(app, receivers=receivers)


def _checked(name: str, value: object) -> object:
    """The value of an option, checked under its own name and not under that of its flag."""
    try:
        return OPTIONS[name].check(value)
    except WrongValueError as problem:
        raise ConfigError(f"Simulator: {name} {problem}") from None
