"""`pnsim causes`: the catalogue of hangup causes; it plays them, and reads those of production."""

from pathlib import Path
from typing import Any

import click

from simulator.cli.catalogue import JSON_OPTION
from simulator.cli.options import address, config_option
from simulator.cli.tables import Entry, Row, print_entries, print_json
from simulator.config.apps import MODES

COLUMNS = (
    "code",
    "category",
    "modes",
    "stage",
    "meaning",
    "含义",
    "point",
    "Q.850",
    "SIP",
    "caller hears",
    "played as",
)
PLAYING = ("receiver", "settings", "strict", "app", "seed", "timeout", "ndjson", "quiet", "config")
"""Parameters that only mean something when a cause is played."""
FLAGS = {"settings": "--set"}


@click.command(short_help="Hangup causes: what they mean; plays one, reads one of production.")
@click.argument("words", nargs=-1, metavar="[CODE|WORDS…]")
@click.option("--mode", type=click.Choice(MODES), help="Only what can occur in this mode.")
@click.option("--reproduce", "code", metavar="CODE|all", help="Play it, in --mode or in every mode where it can occur.")
@click.option(
    "--from", "file", metavar="FILE", help="Say what happened in a disconnect or CDR of production; - is stdin."
)
@click.option("--receiver", metavar="URL", callback=address, help="Your server: /status, /callin, /fee … are appended.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE",
              help="Your own: caller=+86…, callee=, x_number=, subscription_id=…")  # fmt: skip
@click.option("--strict", is_flag=True, help="Remarks, such as a body where none is due, are failures.")
@config_option
@click.option("--app", metavar="KEY", help="Sign with this application of the configuration.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="Ids of the story [the configuration's].")
@click.option("--timeout", type=click.FloatRange(0.1), default=300, show_default=True, metavar="SECONDS",
              help="Wall time of it all.")  # fmt: skip
@click.option("--ndjson", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="All of it as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Only results, no timeline.")
@JSON_OPTION
@click.pass_context
def causes(
    context: click.Context,
    /,
    words: tuple[str, ...],
    code: str | None,
    file: str | None,
    *,
    as_json: bool,
    **options: Any,
) -> None:
    """The hangup causes of the platform: one by its CODE, those that hold all WORDS (Chinese or English), or all.

    Shown are the modes where each can occur, what is told before it, the codes that belong to it and what the caller
    hears, each with how that is known.

    --reproduce plays a cause: from behaviour where it follows by itself, else as a condition that is set for the call.
    It passes when the disconnect with that code and its CDR are acknowledged. Without --receiver the configuration's
    receivers are told, else a built-in sample receiver.

    \b
    Examples:
      pnsim causes 8102
      pnsim causes 被叫 关机
      pnsim causes --mode AXE --json
      pnsim causes --reproduce 8031 --receiver http://127.0.0.1:9000 --set x_number=+8617000000001
      pnsim causes --from disconnect.json
    """
    _check(context, words, code, file, as_json=as_json)
    mode = options.pop("mode")
    if code is not None:
        from simulator.cli.reproducing import Wish, reproduce  # noqa: PLC0415 - loads a whole simulator

        context.exit(reproduce(Wish(code=code, mode=mode, **options)))
    if file is not None:
        from simulator.cli.incident import explain  # noqa: PLC0415 - read only when asked for

        explain(file, mode, as_json=as_json)
        return
    _show(words, mode, as_json=as_json)


def _check(
    context: click.Context, words: tuple[str, ...], code: str | None, file: str | None, *, as_json: bool
) -> None:
    """Whether the options belong together; raises UsageError."""
    if code is not None and file is not None:
        raise click.UsageError("--reproduce plays a cause and --from reads one; give one of them")
    if words and (code is not None or file is not None):
        which = "--reproduce" if code is not None else "--from"
        raise click.UsageError(f"{which} takes one value, and {words[0]!r} stands beside it; take it away")
    if code is not None and as_json:
        raise click.UsageError("--json is for the list; what is played is written with --ndjson FILE")
    given = [name for name in PLAYING if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
    if code is None and given:
        flag = FLAGS.get(given[0], f"--{given[0]}")
        raise click.UsageError(f"{flag} is for what is played: name a cause with --reproduce CODE")


def _show(words: tuple[str, ...], mode: str | None, *, as_json: bool) -> None:
    from simulator.cli.causes import catalogue, chosen  # noqa: PLC0415 - read only when asked for

    rows = chosen(catalogue(), words, mode)
    if as_json:
        print_json(rows)
    elif len(words) == 1 and words[0].isdecimal():
        from simulator.cli.cause_page import print_page  # noqa: PLC0415 - as above

        print_page(rows[0])
    else:
        print_entries(COLUMNS, map(_row, rows), _entry)


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    codes = (row["disconnect_point"], row["q850"], row["sip_status"])
    ways = "/".join(dict.fromkeys(way["how"] for way in row["reproduce"].values()))
    flag = "" if row["documented"] else " (known from other sources only)"
    place = (row["category"], " ".join(row["modes"]), row["stage_en"])
    return (row["code"], *place, row["en"] + flag, row["zh"], *codes, row["hears"], ways)


def _entry(row: Row) -> Entry:
    code, category, modes, stage, meaning, meaning_zh, point, q850, sip, hears, _ = map(str, row)
    small = f"{category} · {modes} · {stage} · point {point} · Q.850 {q850} · SIP {sip}"
    return Entry(code, meaning, (meaning_zh, f"caller hears: {hears}"), small)
