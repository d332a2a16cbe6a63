"""Reading a configuration: flags before environment before file before defaults."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.config.apps import app_options, as_table, check_keys, checked, profile_lines
from simulator.config.checks import WrongValueError
from simulator.config.customer import customer_of
from simulator.config.demo import DEMO_APPS
from simulator.config.options import OPTIONS, Option
from simulator.config.origins import ConfigError, FlagError, Origin, lines_of, spelled
from simulator.config.values import AppOptions, CertFiles, Config, ServerOptions

CONFIG_FILE = Path("pnsim.toml")
LARGEST_FILE = 4 * 1024 * 1024
SECTIONS: dict[str, object] = dict.fromkeys(("server", "apps", "profile", "customer"))
TOML_LINE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Written:
    """`[server]` as the file has it, where it stands, and the file's folder."""

    table: Mapping[str, object]
    origin: Origin
    folder: Path


def load(path: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Config:
    """The configuration in force; raises ConfigError.

    `path` is the file of `--config`, else `PNSIM_CONFIG`, else `pnsim.toml` where it is there; without a file there is
    one demo application of each mode that is played. `flags` are by option name; None means not given.
    """
    return _configured(_source(path, environ), environ, flags)


def without_file(flags: Mapping[str, object]) -> Config:
    """The configuration of `flags` alone: no file, no environment, the demo applications; raises ConfigError."""
    return _configured(None, {}, flags)


def _configured(source: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Config:
    table, origin = ({}, Origin("pnsim.toml")) if source is None else _read(source)
    return _of(table, origin, source, environ, flags)


def from_table(table: Mapping[str, object], origin: Origin, flags: Mapping[str, object]) -> Config:
    """The configuration of a table that is no file's, of `flags` and of no environment; raises ConfigError."""
    return replace(_of(table, origin, Path(origin.name), {}, flags), source=None)


def _of(
    table: Mapping[str, object],
    origin: Origin,
    source: Path | None,
    environ: Mapping[str, str],
    flags: Mapping[str, object],
) -> Config:
    check_keys(table, SECTIONS, origin, ())
    server = as_table(table.get("server", {}), origin, ("server",))
    profile = as_table(table.get("profile", {}), origin, ("profile",))
    return Config(
        server=_server(Written(server, origin, source.parent if source else Path()), environ, flags),
        apps=DEMO_APPS if source is None else apps_options(table.get("apps", []), origin),
        profile=dict(profile),
        profile_lines=profile_lines(origin, ("profile",), profile),
        source=source,
        customer=customer_of(as_table(table.get("customer", {}), origin, ("customer",)), origin),
    )


def _source(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    if path is not None:
        return path
    if environ.get("PNSIM_CONFIG"):
        return Path(environ["PNSIM_CONFIG"])
    return CONFIG_FILE if CONFIG_FILE.is_file() else None


def _read(source: Path) -> tuple[dict[str, object], Origin]:
    """The file's table and the lines of its keys."""
    try:
        size = source.stat().st_size
        content = source.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as error:
        raise ConfigError(f"{source}: cannot be read: {error.strerror}") from None
    if size > LARGEST_FILE:
        raise ConfigError(f"{source}: is {size} bytes long; a configuration has at most {LARGEST_FILE}")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text), Origin(str(source), lines_of(text))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"{source}:{line}: is not UTF-8 text; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(source, str(error)) from None


def _not_toml(source: Path, said: str) -> ConfigError:
    placed = TOML_LINE.fullmatch(said)
    if placed is None:
        return ConfigError(f"{source}: is not TOML: {said}")
    return ConfigError(f"{source}:{placed[2]}: is not TOML at column {placed[3]}: {placed[1]}")


def _server(written: Written, environ: Mapping[str, str], flags: Mapping[str, object]) -> ServerOptions:
    check_keys(written.table, OPTIONS, written.origin, ("server",))
    unknown = next((name for name in flags if name not in OPTIONS), None)
    if unknown is not None:
        raise TypeError(f"{unknown!r} is no option of OPTIONS")
    values = {option.name: _value(option, written, environ, flags.get(option.name)) for option in OPTIONS.values()}
    server = ServerOptions(**values)  # type: ignore[arg-type]  # each passed its option's check
    if server.port == server.control_port != 0:
        raise ConfigError(
            f"port and control_port are both {server.port}; the API and the control plane need a port each"
        )
    return server


def _value(option: Option, written: Written, environ: Mapping[str, str], flag: object) -> object:
    """The option's value from the first place that has one."""
    if flag is not None:
        return _told(option, option.flag, flag, FlagError)
    if environ.get(option.env):
        return _told(option, option.env, environ[option.env], ConfigError)
    if option.name in written.table:
        return _written(option, written)
    return option.default


def _written(option: Option, written: Written) -> object:
    """A value of the file; files it names are sought beside it."""
    path = ("server", option.name)
    value = checked(option.check, written.table[option.name], written.origin, path)
    try:
        return _files(value, written.folder)
    except WrongValueError as problem:
        raise written.origin.refusal(path, f"{spelled(path)} {problem}") from None


def _told(option: Option, name: str, given: object, error: type[ConfigError]) -> object:
    """A value of the command line or the environment; files are sought in the working directory."""
    value = option.from_text(given) if isinstance(given, str) else given
    try:
        return _files(option.check(value), Path())
    except WrongValueError as problem:
        raise error(f"{name} {problem}") from None


def _files(value: object, folder: Path) -> object:
    """Files as seen from `folder`, other values as they are; raises WrongValueError for a missing certificate."""
    if isinstance(value, Path):
        return folder / value
    if not isinstance(value, CertFiles):
        return value
    files = CertFiles(folder / value.cert, folder / value.key)
    for file in (files.cert, files.key):
        if not file.is_file():
            raise WrongValueError(f"names {file}, which is not there")
    return files


def apps_options(raw: object, origin: Origin) -> tuple[AppOptions, ...]:
    """The applications of a list; keys and X numbers belong to one application only. Raises ConfigError."""
    if not isinstance(raw, list):
        raise origin.refusal(("apps",), "apps must be written [[apps]], in double brackets, once for each application")
    apps = tuple(app_options(table, origin, ("apps", i)) for i, table in enumerate(raw))
    owners: dict[str, int] = {}
    for i, app in enumerate(apps):
        for name in (app.app_key, *(number.number for number in app.numbers)):
            owner = owners.setdefault(name, i)
            if owner != i:
                raise origin.refusal(("apps", i), f"apps[{i}] has {name!r}, which apps[{owner}] has already")
    return apps
