"""`pnsim bundle`: what is in a bundle, as text and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from simulator.bundles.replaying import other_version
from simulator.cli.endings import UNLOADABLE
from simulator.cli.narrating import shown
from simulator.replay.bundle import Bundle
from simulator.replay.bundle_reading import BundleError, read

LINES = 2_000
"""Lines of a file that are shown; how many more there are is said."""
SHOWN = (("report", "report.txt"), ("ladder", "ladder.txt"))


@click.group(short_help="What is in a bundle of a failed run.")
def bundle() -> None:
    """Look into NAME.pnsim.zip, the file that a failed `pnsim run` leaves; `pnsim run NAME.pnsim.zip` plays it again.

    Nothing of it is played, fetched or written to disk unless `unpack` is asked for.

    \b
    Example:
      pnsim bundle show .pnsim/bundles/axb_busy.pnsim.zip
    """


@bundle.command(short_help="Its story, how it failed, its ladder.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Its manifest, for programs.")
@click.pass_context
def show(context: click.Context, /, file: Path, *, as_json: bool) -> None:
    """Print what a bundle says of itself, its scenario, how it failed, and the ladder of what happened.

    \b
    Example:
      pnsim bundle show axb_busy.pnsim.zip --json
    """
    found = _read(context, file)
    if as_json:
        click.echo(orjson.dumps(found.manifest.as_json(), option=orjson.OPT_INDENT_2).decode())
        return
    for line in _pages(found):
        click.echo(line)


@bundle.command(short_help="Its scenario and what that includes, into a new folder.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def unpack(context: click.Context, /, file: Path, folder: Path) -> None:
    """Write the files of a bundle's scenario into FOLDER, which must not be there yet, to change the story and play that.

    \b
    Example:
      pnsim bundle unpack axb_busy.pnsim.zip busy
    """
    found = _read(context, file)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise click.BadParameter(f"{folder} is there already; name a folder that is not", param_hint="FOLDER") from None
    for name, content in found.scenario.items():
        path = folder / name  # checked when it was read: it stays below
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as new:
            new.write(content)
    manifest = found.manifest
    settings = "".join(f" --set {shown(one)}" for one in manifest.settings)
    click.echo(f"pnsim run {folder / manifest.file} --seed {manifest.seed}{settings}")


def _read(context: click.Context, file: Path) -> Bundle:
    try:
        return read(file)
    except BundleError as error:
        click.echo(str(error), err=True)
        context.exit(UNLOADABLE)


def _pages(found: Bundle) -> Iterator[str]:
    manifest, made, result = found.manifest, found.manifest.made_with, found.manifest.result
    facts = (
        ("scenario", f"{manifest.scenario}: {manifest.title}"),
        ("ended", f"{result.status}, {result.steps_done} of {result.steps_planned} steps"),
        ("played", f"{manifest.mode}, edition {manifest.edition}, seed {manifest.seed}, from {manifest.clock_start}"),
        ("told", manifest.receiver + (", as app " + manifest.app_key)),
        ("options", _options(found)),
        ("made with", f"pnsim {made.pnsim}, Python {made.python}, {made.platform}"),
        ("files", ", ".join(found.scenario)),
        ("journal", f"{manifest.rows} rows, {manifest.rows_left_out} left out"),
        ("withheld", ", ".join(manifest.withheld) or "nothing"),
    )
    for label, text in facts:
        yield f"{label:<10} {shown(text)}"
    if said := other_version(found):
        yield f"{'remark':<10} {said}"
    yield from _page("failure", "\n".join(result.failure))
    for name, content in found.scenario.items():
        yield from _page(shown(name), content.decode("utf-8", "replace"))
    for title, name in SHOWN:
        yield from _page(title, found.reports.get(name, b"").decode("utf-8", "replace"))


def _options(found: Bundle) -> str:
    manifest = found.manifest
    timeout = "" if manifest.answer_timeout is None else f"--answer-timeout {manifest.answer_timeout:g}"
    words = ["--strict" if manifest.strict else "", timeout, *(f"--set {one}" for one in manifest.settings)]
    return " ".join(filter(None, words)) or "none"


def _page(title: str, text: str) -> Iterator[str]:
    """A text under its title; nothing in it does anything to a terminal."""
    lines = text.rstrip("\n").split("\n")
    yield f"\n── {title} ──"
    yield from (shown(line.expandtabs(4)) for line in lines[:LINES])
    if len(lines) > LINES:
        yield f"… and {len(lines) - LINES} lines more"
