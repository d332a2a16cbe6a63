"""What `pnsim scenario from` does once its options are read: drafts, checks, writes."""

from pathlib import Path

import click

from simulator.cli.endings import BROKEN, NOTHING_RAN, PASSED, UNLOADABLE
from simulator.replay.draft import NothingToDraft, draft
from simulator.replay.importers import BadSource, read
from simulator.scenario import loader
from simulator.scenario.places import ScenarioError


def write(capture: Path, output: Path | None, name: str, *, call: str | None, mode: str | None, keep: bool) -> int:
    """Draft, check and write a scenario; the exit code."""
    try:
        text = draft(read(capture), name, call=call, mode=mode, keep=keep)
        loader.parse(text, str(output or f"{name}.yaml"))
    except BadSource as error:
        click.echo(str(error), err=True)
        return UNLOADABLE
    except NothingToDraft as error:
        click.echo(f"{capture}: {error}", err=True)
        return NOTHING_RAN
    except ScenarioError as error:
        click.echo(f"the draft is no scenario, which is a fault of pnsim: {error}", err=True)
        return BROKEN
    if output is None:
        click.echo(text, nl=False)
        return PASSED
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(output), f"cannot be written: {error.strerror}") from None
    click.echo(f"{output}: drafted; read its comments, then pnsim run {output}", err=True)
    return PASSED
