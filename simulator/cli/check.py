"""`pnsim check`: says of configurations and scenarios what is wrong with them, and where."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from simulator.cli.endings import NOTHING_RAN, UNLOADABLE
from simulator.config import ConfigError, load
from simulator.config.load import CONFIG_FILE
from simulator.contract.profile import ProfileError
from simulator.scenario import loader
from simulator.scenario.places import ScenarioError
from simulator.telephony.errors import NotPossible

SCENARIOS = Path("scenarios")
YAML = (".yaml", ".yml")


@click.command(short_help="Checks configuration and scenario files.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Only what is wrong.")
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...], *, quiet: bool) -> None:
    """Check FILES: configurations (*.toml, with their profile) and scenarios (*.yaml, or folders of them).

    Of a scenario with parameters every row is checked; a list of steps that scenarios include (*.steps.yaml) as far as
    it can be judged alone.

    Without FILES: pnsim.toml and scenarios/ where they are there. Every fault is one line,
    `file:line:column: what, instead of what`. Exit code 0 when all are right, 3 when not.

    \b
    Example:
      pnsim check pnsim.toml scenarios/axb
    """
    found = list(_found(files or _usual()))
    if not found:
        click.echo(f"nothing to check: neither {CONFIG_FILE} nor {SCENARIOS}/ is here", err=True)
        context.exit(NOTHING_RAN)
    wrong = [path for path in found if not _is_right(path, quiet=quiet)]
    if wrong:
        click.echo(f"{len(wrong)} of {_files(len(found))} cannot be used", err=True)
        context.exit(UNLOADABLE)


def _usual() -> Sequence[Path]:
    return [path for path in (CONFIG_FILE, SCENARIOS) if path.exists()]


def _found(paths: Sequence[Path]) -> Iterator[Path]:
    """Folders as the scenarios in them; an empty one stays, to be complained of."""
    for path in paths:
        inside = sorted(path.rglob("*.yaml")) if path.is_dir() else []  # those that are included too
        yield from inside or [path]


def _is_right(path: Path, *, quiet: bool) -> bool:
    sentence = problem(path)
    if sentence:
        click.echo(sentence, err=True)
    elif not quiet:
        click.echo(f"{path}: ok")
    return not sentence


def problem(path: Path) -> str:
    """What is wrong with a file, one fault a line; empty when nothing is."""
    try:
        if path.suffix == ".toml":
            _configuration(path)
        elif path.suffix in YAML or path.is_dir():
            _scenarios(path)
        else:
            return f"{path}:1:1: a file of another kind, instead of a configuration (*.toml) or a scenario (*.yaml)"
    except (ConfigError, ProfileError, NotPossible, ScenarioError) as error:
        return str(error)
    return ""


def _configuration(path: Path) -> None:
    """Whether a simulator can be made of it; raises what is wrong."""
    from simulator.app import assemble, in_memory  # noqa: PLC0415 - half of the time that a scenario's check takes

    assemble(in_memory(load(path, {}, {})))


def _scenarios(path: Path) -> None:
    """Whether a file can be played, or included by those that can; raises ScenarioError."""
    if loader.is_steps(path):
        loader.check_steps(path)
        return
    for file in loader.files([path]):
        loader.load_all(file)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
