"""`pnsim reset`: a running simulator as if just started."""

import click

from simulator.cli.loop import run
from simulator.cli.reaching import Place, simulator_options
from simulator.cli.tables import print_json


@click.command(short_help="Forget bindings, calls and journal of a running simulator.")
@click.argument("app", required=False, metavar="[APP]")
@simulator_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def reset(place: Place, app: str | None, *, as_json: bool) -> None:
    """Forget bindings, calls, SMS, notifications, faults and journal of an application, or of all; they stay.

    \b
    Examples:
      pnsim reset
      pnsim reset axb-demo
    """
    run(_reset(place, app))
    if as_json:
        print_json({"reset": app})
    else:
        click.echo(f"{app or 'every application'} is as if just added", err=True)


async def _reset(place: Place, app: str | None) -> None:
    async with place.reached() as control:
        await control.reset(app)
