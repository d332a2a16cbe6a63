"""`pnsim numbers`: the X numbers of a running simulator's application, and what an operator does to them."""

import click

from simulator.cli.loop import run
from simulator.cli.reaching import Place, simulator_options
from simulator.cli.tables import print_json, print_table
from simulator.client.client import ControlClient
from simulator.client.shapes import Number
from simulator.config.demo import DEMO_APP
from simulator.contract.number_states import in_words, number_causes, number_states, statuses

STATES = [state.value for state in number_states()]
COLUMNS = ("number", "area", "state", "status", "cause", "pairs")


@click.command(short_help="X numbers of a running simulator and their states.")
@click.argument("numbers", nargs=-1, metavar="[NUMBER…]")
@click.option(
    "--app", "--app-key", "app_key", metavar="KEY", help=f"Whose X numbers [the only one's, {DEMO_APP.app_key}]."
)
@click.option("--state", type=click.Choice(STATES), metavar="STATE", help=f"Put them into it: {', '.join(STATES)}.")
@click.option("--cause", type=click.Choice([str(cause) for cause in number_causes()]), metavar="CODE",
              help=f"Why: {', '.join(map(in_words, number_causes()))}.")  # fmt: skip
@click.option("--arrears", type=click.Choice(["yes", "no"]), help="The account owes, or has paid.")
@simulator_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def numbers(place: Place, numbers: tuple[str, ...], *, as_json: bool, **options: str | None) -> None:
    """List the X numbers of an application with their states; with --state put NUMBERs, or all, into another one.

    What changes is pushed as X-number status, up to 100 numbers a message.

    \b
    Examples:
      pnsim numbers
      pnsim numbers +8613800000001 --state suspended --cause 5
      pnsim numbers --arrears yes
    """
    if options["cause"] and not options["state"]:
        raise click.UsageError("--cause says why numbers are in a state: name that too, with --state")
    if options["state"] and options["arrears"]:
        raise click.UsageError("--state and --arrears exclude one another: each is a command of its own")
    if numbers and options["arrears"]:
        raise click.UsageError("--arrears is the whole account's: take the numbers out")
    app_key, found = run(_carry_out(place, numbers, options))
    known = [one["number"] for one in found]
    unknown = next((number for number in numbers if number not in known), None)
    if unknown is not None:
        raise click.UsageError(f"{app_key} has no X number {unknown!r}; it has: {', '.join(known[:20])}")
    rows = [one for one in found if options["state"] or not numbers or one["number"] in numbers]
    if as_json:
        print_json(rows)
    else:
        print_table(COLUMNS, [_row(one) for one in rows])


async def _carry_out(
    place: Place, numbers: tuple[str, ...], options: dict[str, str | None]
) -> tuple[str, list[Number]]:
    """The application, and its X numbers that are to be shown once what was asked is done."""
    state, cause = options["state"], None if options["cause"] is None else int(options["cause"])
    async with place.reached() as control:
        app_key = options["app_key"] or await _default_app(control)
        if state is not None:
            return app_key, await control.change_numbers(app_key, numbers or None, state, cause)
        if options["arrears"] is not None:
            await control.change_arrears(app_key, arrears=options["arrears"] == "yes")
        return app_key, await control.numbers(app_key)


async def _default_app(control: ControlClient) -> str:
    """The only application that there is, else the demo application."""
    keys = [app["app_key"] for app in await control.apps()]
    if len(keys) == 1 or DEMO_APP.app_key in keys:
        return keys[0] if len(keys) == 1 else DEMO_APP.app_key
    raise click.UsageError(f"whose X numbers? Give --app KEY; there are: {', '.join(keys) or 'none'}")


def _row(one: Number) -> tuple[object, ...]:
    states = {state.value: row.status for state, row in number_states().items()}
    status = states.get(one["state"], "?")
    cause = "" if one["cause"] is None else in_words(one["cause"])
    return one["number"], one["area_code"], one["state"], f"{status} {statuses().get(status, '')}", cause, one["pairs"]
