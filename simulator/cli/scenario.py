"""`pnsim scenario from`: a first draft of a scenario from recorded notifications."""

from pathlib import Path

import click

from simulator.config.apps import MODES

LONGEST_NAME = 80


@click.group(short_help="Drafts scenarios from recordings.")
def scenario() -> None:
    """Scenarios are files of yours; `pnsim check` checks them, `pnsim run` plays them.

    \b
    Example:
      pnsim scenario from night.ndjson -o night.yaml
    """


@scenario.command("from", short_help="A first draft from recorded notifications.")
@click.argument("capture", metavar="CAPTURE", type=click.Path(path_type=Path))
@click.option("--call", metavar="SESSION", help="Only the call with this session id.")
@click.option("--mode", type=click.Choice(MODES), help="The application's mode, where no CDR says it.")
@click.option("--keep-numbers", is_flag=True, help="Write the numbers of the capture; else names stand for made ones.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where to write it, NAME.yaml [stdout].")  # fmt: skip
@click.pass_context
def from_capture(
    context: click.Context,
    capture: Path,
    *,
    call: str | None,
    mode: str | None,
    keep_numbers: bool,
    output: Path | None,
) -> None:
    """Draft a scenario from CAPTURE, a recording of real notifications.

    It has the mode, who took part, what must have been bound, the calls and SMS with what became of them and the time
    between, and what was told, in its order. What notifications cannot tell is said in comments.

    The draft passes `pnsim check`, and `pnsim run` plays it: the same kinds of notifications in the same order. One
    application, and at most 50 calls and SMS; --call takes one out of many. No number of the capture is in it unless
    --keep-numbers asks for that.

    \b
    Exit codes: 0 drafted, 2 usage, 3 no capture, 4 nothing in it to draft.

    \b
    Examples:
      pnsim scenario from night.ndjson -o scenarios/night.yaml
      pnsim scenario from night.ndjson --call 1200_1827_4294967295_20190124023003@callenabler246.huaweicaas.com
    """
    from simulator.cli.drafted import write  # noqa: PLC0415 - loads the contract

    name = _name(output or capture)
    if output is not None and output.exists():
        raise click.UsageError(f"{output} is there already; name another file, or take it away")
    if output is not None and output.suffix != ".yaml":
        raise click.UsageError(f"{output} is no name of a scenario; NAME.yaml is, such as {name}.yaml")
    if output is not None and output.stem != name:
        raise click.UsageError(
            f"{output.name} is no name of a scenario: small letters, digits and _, such as {name}.yaml"
        )
    context.exit(write(capture, output, name, call=call, mode=mode, keep=keep_numbers))


def _name(path: Path) -> str:
    """A scenario's name from a file's: small letters, digits and _."""
    letters = "".join(
        letter if letter.isascii() and letter.isalnum() else "_" for letter in path.name.split(".")[0].lower()
    )
    name = letters.strip("_")
    return (name if name[:1].isalpha() else f"draft_{name}".rstrip("_"))[:LONGEST_NAME]
