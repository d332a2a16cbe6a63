"""`pnsim mask`: an existing capture, or the bundle of a failed run, with its phone numbers replaced."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click
import orjson

from simulator.cli.bundling import is_bundle
from simulator.cli.endings import UNLOADABLE
from simulator.cli.masking import key_or_new, masking, masking_options
from simulator.replay.bundle import ENDING, write
from simulator.replay.bundle_reading import BundleError, read
from simulator.replay.credentials import without_credentials
from simulator.replay.masking import Masking
from simulator.replay.recorded import FORMAT, HEADER, VERSION, from_json

LONGEST_LINE = 256 * 1024 * 1024


@click.command(short_help="A capture or a bundle with its phone numbers replaced.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="What is masked; it must not be there yet.")  # fmt: skip
@masking_options
@click.pass_context
def mask(context: click.Context, /, file: Path, output: Path, mask_key: str | None, *, mask_sms: bool) -> None:
    """Replaces every phone number of a capture or a bundle, always the same by the same other one: calls can be followed.

    Plus sign, country, operator or city and length stay; ids, times and codes are not touched. Also masked
    are credentials, should some tool have left them in the file. The original stays as it is.

    NAME.pnsim.zip is masked so that it still plays: the numbers that its scenario, settings and configuration
    are given are replaced in all of it; those that the seed makes are nobody's and stay.

    \b
    Example:
      pnsim mask night.ndjson -o night-masked.ndjson --mask-sms
      pnsim mask .pnsim/bundles/busy.pnsim.zip -o busy-masked.pnsim.zip
    """
    if output.exists():
        raise click.UsageError(f"{output} is there already: choose another file, nothing is overwritten")
    if is_bundle(file):
        if mask_sms:
            raise click.UsageError(
                "--mask-sms is for captures: a bundle's SMS are its scenario's, which would be another"
            )
        _mask_bundle(context, file, output, mask_key)
        return
    masker = masking(mask_key, hides_texts=mask_sms)
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with file.open("rb") as source, _private(beside) as target:
            count, broken = _copy(file, source, target, masker)
        beside.rename(output)
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{count} exchanges masked into {output}", err=True)
    if broken:
        click.echo("its last line was cut off and is left out", err=True)


def _mask_bundle(context: click.Context, file: Path, output: Path, key: str | None) -> None:
    from simulator.bundles.masking import masked  # noqa: PLC0415 - paid only by those who mask one

    if not is_bundle(output):
        raise click.UsageError(f"{output} would be no bundle by its name: end it with {ENDING}")
    try:
        bundle = masked(read(file), key_or_new(key))
    except BundleError as error:
        click.echo(str(error), err=True)
        context.exit(UNLOADABLE)
    try:
        write(bundle, output)
    except OSError as error:
        raise click.FileError(str(output), error.strerror or str(error)) from None
    click.echo(f"{bundle.manifest.withheld[-1]}: {output}", err=True)


def _private(path: Path) -> BinaryIO:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise click.FileError(str(path.parent), error.strerror or str(error)) from None


def _copy(file: Path, source: BinaryIO, target: BinaryIO, masker: Masking) -> tuple[int, bool]:
    """How many lines were masked, and whether the last one was no whole one."""
    target.write(orjson.dumps(HEADER) + b"\n")
    count = 0
    for number, line in _lines(file, source):
        try:
            recorded = from_json(orjson.loads(line), f"{file}:{number}")
        except (KeyError, TypeError, ValueError) as error:
            if not line.endswith(b"\n"):
                return count, True
            raise click.FileError(str(file), f"line {number} is no line of a capture: {error}") from None
        masked = masker.recorded(without_credentials(recorded))
        target.write(orjson.dumps(masked.as_json()) + b"\n")
        count += 1
    return count, False


def _lines(file: Path, source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The numbered lines behind the head; raises click.FileError where this is no capture."""
    try:
        head = orjson.loads(source.readline(1024))
    except orjson.JSONDecodeError:
        head = None
    if not isinstance(head, dict) or (head.get("format"), head.get("version")) != (FORMAT, VERSION):
        what = f"no capture of this version: its first line would be {orjson.dumps(HEADER).decode()}"
        raise click.FileError(str(file), what)
    number = 1
    while line := source.readline(LONGEST_LINE):
        number += 1
        yield number, line
