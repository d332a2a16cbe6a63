"""`pnsim mask`: an existing capture with its phone numbers replaced."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click
import orjson

from simulator.cli.masking import masking, masking_options
from simulator.replay.credentials import without_credentials
from simulator.replay.masking import Masking
from simulator.replay.recorded import FORMAT, HEADER, VERSION, from_json

LONGEST_LINE = 256 * 1024 * 1024


@click.command(short_help="A capture with its phone numbers replaced.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="The masked capture; it must not be there yet.")  # fmt: skip
@masking_options
def mask(file: Path, output: Path, mask_key: str | None, *, mask_sms: bool) -> None:
    """Replaces every phone number of a capture, always the same by the same other one: calls can still be followed.

    Plus sign, country, operator or city and length stay; ids, times and codes are not touched. Also masked
    are credentials, should some tool have left them in the file. The original stays as it is.

    \b
    Example:
      pnsim mask night.ndjson -o night-masked.ndjson --mask-sms
    """
    if output.exists():
        raise click.UsageError(f"{output} is there already: choose another file, nothing is overwritten")
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
