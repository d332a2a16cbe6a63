"""`pnsim drift`: recorded notifications of the real platform against the contract and the profile."""

from pathlib import Path

import click

from simulator.cli.masking import masking_options
from simulator.cli.options import config_option
from simulator.config import EDITIONS
from simulator.config.apps import MODES


@click.command(short_help="Compares recorded notifications with the contract.")
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE…", type=click.Path(path_type=Path))
@config_option
@click.option("--edition", type=click.Choice(EDITIONS), help="Generation of the documents; else the configuration's.")
@click.option("--mode", type=click.Choice(MODES), help="All of it is of this mode [each call's own].")
@click.option("--ignore", "ignored", multiple=True, metavar="PATH",
              help="Accept this: a path or finding:path of the list, * for anything; again for more.")  # fmt: skip
@click.option("--ignore-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Accept what stands there, one a line, # begins a remark.")  # fmt: skip
@click.option("--update-ignore", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write all drift of today to FILE, for --ignore-file, and end with 0.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.option(
    "--ndjson", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="One JSON object a line."
)
@click.option("--mask", is_flag=True, help="Replace phone numbers in what is shown, each always by the same other one.")
@masking_options
@click.pass_context
def drift(context: click.Context, /, captures: tuple[Path, ...], **options: object) -> None:
    """Compare CAPTURES of real notifications with what pnsim sends: is the simulator still like the platform?

    Found are members, types, formats and codes that our schemas do not have, orders of events that our model of a call
    calls impossible, CDRs that contradict their events, retries off their schedule, other headers; each with how often and
    where first. Then the settings of the platform profile that the capture confirms or contradicts, with the line to
    write into [profile].

    The order of several CAPTURES is that of the command line. --mode is needed where nothing in a capture tells it: a call
    is of the mode that its CDR names.

    \b
    Exit codes: 0 no drift, 1 drift, 2 usage, 3 no capture, 4 no notification in it.

    \b
    Examples:
      pnsim drift night.ndjson
      pnsim drift night.ndjson --edition 2022 --ignore fee.feeLst.voiceCheckType
      pnsim drift night.ndjson --update-ignore known-drift.txt
    """
    from simulator.cli.drifted import Asked, compared  # noqa: PLC0415 - loads the contract

    if options["mask_sms"] and not options["mask"]:
        raise click.UsageError("--mask-sms says how to mask: add --mask")
    asked = Asked(captures, **options)  # type: ignore[arg-type]  # click gives each option under its name
    context.exit(compared(asked))
