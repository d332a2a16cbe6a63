"""`pnsim calls`: the calls of a running simulator, and one of them from the dialling to its last notification."""

from collections.abc import Iterable

import click

from simulator.cli.loop import run
from simulator.cli.reaching import Place, simulator_options
from simulator.cli.tables import print_json, print_table
from simulator.client.shapes import Call, Row

COLUMNS = ("call_id", "at", "app", "caller", "dialled", "state", "cause", "acknowledged")
TOLD = ("kind", "state", "attempts", "reason", "notification_id")
PAGE = 1000


@click.command(short_help="Calls of a running simulator; one of them arrow by arrow.")
@click.argument("call_id", required=False, metavar="[ID]")
@click.option("--app", metavar="KEY", help="Only calls of this application.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N", help="The newest so many."
)
@simulator_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array; with ID one object.")
def calls(place: Place, call_id: str | None, app: str | None, limit: int, *, as_json: bool) -> None:
    """The calls, the newest first; with ID what passed between caller, platform, callee and receiver.

    \b
    Examples:
      pnsim calls --app axb-demo
      pnsim calls call-0000012-0123abcd
    """
    if call_id is None:
        found = run(_listed(place, app, limit))
        if as_json:
            print_json(found)
        else:
            print_table(COLUMNS, map(_row, found))
        return
    if app is not None:
        raise click.UsageError("a call has one application: take --app out, or the ID")
    call, rows = run(_one(place, call_id))
    if as_json:
        print_json(call)
    else:
        _draw(call, rows)


async def _listed(place: Place, app: str | None, limit: int) -> list[Call]:
    async with place.reached() as control:
        return await control.calls(app, limit)


async def _one(place: Place, call_id: str) -> tuple[Call, list[Row]]:
    """The call, and all that the journal still has of it."""
    async with place.reached() as control:
        call = await control.call(call_id)
        rows: list[Row] = []
        while True:
            position = int(str(rows[-1]["position"])) if rows else 0
            page = await control.journal(after=position, limit=PAGE, call_id=call_id)
            rows += page["rows"]
            if len(page["rows"]) < PAGE:
                return call, rows


def _row(call: Call) -> tuple[object, ...]:
    cause = "" if call["cdr"] is None else call["cdr"]["hangup_cause"]
    told = call["notifications"]
    acknowledged = f"{sum(one['acknowledged'] for one in told)}/{len(told)}"
    at = call["events"][0]["at"] if call["events"] else ""
    return (call["call_id"], at, call["app_key"], call["caller"], call["dialled"], call["state"], cause, acknowledged)


def _draw(call: Call, rows: Iterable[Row]) -> None:
    """The ladder, then how its notifications stand."""
    from simulator.testing.drawing import drawn  # noqa: PLC0415 - the reports are read only when one is drawn

    print_table(COLUMNS, [_row(call)])
    click.echo(drawn(rows))
    if call["notifications"]:
        told = ([one[name] for name in TOLD] for one in call["notifications"])  # type: ignore[literal-required]  # TOLD names its members
        print_table(TOLD, told)
