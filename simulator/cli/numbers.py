"""`pnsim numbers`: the X numbers of a running simulator's application, and what an operator does to them."""

import os

import click

from simulator.cli.loop import run
from simulator.cli.tables import print_json, print_table
from simulator.client.client import ControlClient, ControlError
from simulator.client.shapes import Number
from simulator.config.demo import DEMO_APP
from simulator.contract.number_states import in_words, number_causes, number_states, statuses

TOKEN_VARIABLE = "PNSIM_CONTROL_TOKEN"  # noqa: S105 - the name of a variable, not a token
STATES = [state.value for state in number_states()]
COLUMNS = ("number", "area", "state", "status", "cause", "pairs")


@click.command(short_help="X numbers of a running simulator and their states.")
@click.argument("numbers", nargs=-1, metavar="[NUMBER…]")
@click.option("--simulator", default="http://127.0.0.1:8081", show_default=True, metavar="URL",
              help="Its control address.")  # fmt: skip
@click.option("--token", metavar="TOKEN", help=f"Its token [{TOKEN_VARIABLE}].")
@click.option("--app-key", default=DEMO_APP.app_key, show_default=True, metavar="KEY", help="Whose X numbers.")
@click.option("--state", type=click.Choice(STATES), metavar="STATE", help=f"Put them into it: {', '.join(STATES)}.")
@click.option("--cause", type=click.Choice([str(cause) for cause in number_causes()]), metavar="CODE",
              help=f"Why: {', '.join(map(in_words, number_causes()))}.")  # fmt: skip
@click.option("--arrears", type=click.Choice(["yes", "no"]), help="The account owes, or has paid.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def numbers(numbers: tuple[str, ...], *, as_json: bool, **options: str | None) -> None:
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
    token = options["token"] or os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise click.UsageError(f"a running simulator needs its token: --token, or {TOKEN_VARIABLE} in the environment")
    try:
        found = run(_carry_out(numbers, token, options))
    except ControlError as refused:
        raise click.UsageError(refused.detail or refused.title) from None
    known = [one["number"] for one in found]
    unknown = next((number for number in numbers if number not in known), None)
    if unknown is not None:
        raise click.UsageError(f"{options['app_key']} has no X number {unknown!r}; it has: {', '.join(known[:20])}")
    rows = [one for one in found if options["state"] or not numbers or one["number"] in numbers]
    if as_json:
        print_json(rows)
    else:
        print_table(COLUMNS, [_row(one) for one in rows])


async def _carry_out(numbers: tuple[str, ...], token: str, options: dict[str, str | None]) -> list[Number]:
    """The X numbers that are to be shown, once what was asked is done."""
    app_key, state, cause = str(options["app_key"]), options["state"], options["cause"]
    async with ControlClient(str(options["simulator"]), token) as control:
        if state is not None:
            return await control.change_numbers(app_key, numbers or None, state, None if cause is None else int(cause))
        if options["arrears"] is not None:
            await control.change_arrears(app_key, arrears=options["arrears"] == "yes")
        return await control.numbers(app_key)


def _row(one: Number) -> tuple[object, ...]:
    states = {state.value: row.status for state, row in number_states().items()}
    status = states.get(one["state"], "?")
    cause = "" if one["cause"] is None else in_words(one["cause"])
    return one["number"], one["area_code"], one["state"], f"{status} {statuses().get(status, '')}", cause, one["pairs"]
