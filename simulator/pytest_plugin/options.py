"""The plugin's options: one table, each row an option of the command line and of the ini file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

ENDING = ".pnsim.yaml"
SCENARIOS = "pnsim_scenarios"
DEFAULT_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """One option: its name in the ini file, of which the flag is made, its meaning and how its text is read."""

    name: str
    metavar: str
    help: str
    read: Callable[[str], object]

    @property
    def flag(self) -> str:
        """On the command line."""
        return f"--{self.name.replace('_', '-')}"


def _seed(text: str) -> int:
    """A seed; raises ValueError."""
    seed = int(text)
    if not 0 <= seed < 2**31:
        raise ValueError(text)
    return seed


def _seconds(text: str) -> float:
    """Seconds; raises ValueError."""
    seconds = float(text)
    if not 0 < seconds < 10**6:
        raise ValueError(text)
    return seconds


def _url(text: str) -> str:
    """A base address; raises ValueError."""
    if not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return text.rstrip("/")


def _flag(text: str) -> bool:
    """yes or no; raises ValueError."""
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


OPTIONS = (
    Row("pnsim_config", "FILE", "pnsim.toml of scenarios and fixtures; without it none is read", str),
    Row("pnsim_receiver", "URL", "base address of your server, as of `pnsim run --receiver`; without it scenarios tell the "
        "configuration's receivers, else a sample receiver, and fixtures nobody", _url),
    Row("pnsim_seed", "N", "seed of every scenario and of the fixtures, a whole number below 2147483648", _seed),
    Row("pnsim_timeout", "SECONDS", f"wall time of a scenario or of a fixture's method [{DEFAULT_TIMEOUT:g}]", _seconds),
    Row("pnsim_bundle_dir", "FOLDER", "where a scenario that fails is kept as NAME.pnsim.zip, to be played again with "
        "`pnsim run`; without it none is kept", str),
    Row("pnsim_strict", "BOOL", "true: remarks, such as a body where none is due, fail a scenario", _flag),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What the options say."""

    config: Path | None
    receiver: str | None
    seed: int | None
    timeout: float
    strict: bool
    bundle_dir: Path | None = None


SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
"""Where a session's settings are."""


def add_options(parser: pytest.Parser) -> None:
    """Each row twice, and the folders of scenarios, which are a matter of the project."""
    group = parser.getgroup("pnsim", "privacy-call platform")
    for row in OPTIONS:
        group.addoption(row.flag, dest=row.name, metavar=row.metavar, help=row.help)
        parser.addini(row.name, row.help)
    parser.addini(SCENARIOS, f"folders whose *.yaml files are scenarios, beside *{ENDING} anywhere", type="paths")


def settings(config: pytest.Config) -> Settings:
    """The options in force: the command line before the ini file. Raises UsageError."""
    values = {row.name.removeprefix("pnsim_"): _value(row, config) for row in OPTIONS}
    return Settings(
        config=_beside(config, values["config"]),
        receiver=values["receiver"],  # type: ignore[arg-type]  # each row read its own kind
        seed=values["seed"],  # type: ignore[arg-type]  # as above
        timeout=values["timeout"] or DEFAULT_TIMEOUT,  # type: ignore[arg-type]  # as above
        strict=bool(values["strict"]),
        bundle_dir=_beside(config, values["bundle_dir"], "pnsim_bundle_dir"),
    )


STEPS = ".steps.yaml"
"""Lists of steps, which scenarios include."""


def is_scenario(path: Path, folders: Iterable[Path]) -> bool:
    """Whether this file is played."""
    if path.suffix != ".yaml" or path.name.endswith(STEPS):
        return False
    return path.name.endswith(ENDING) or any(path.is_relative_to(folder) for folder in folders)


def _value(row: Row, config: pytest.Config) -> object:
    given = config.getoption(row.name)
    name, text = (row.flag, given) if given is not None else (row.name, config.getini(row.name))
    if not text:
        return None
    try:
        return row.read(str(text))
    except ValueError:
        raise pytest.UsageError(f"{name} is {text!r}, instead of {row.metavar}: {row.help}") from None


def _beside(config: pytest.Config, file: object, option: str = "pnsim_config") -> Path | None:
    """The file of an option: of the command line as seen from where pytest was called, of an ini file beside that."""
    if file is None:
        return None
    ini = config.inipath.parent if config.inipath else config.rootpath
    return (ini if config.getoption(option) is None else config.invocation_params.dir) / str(file)
