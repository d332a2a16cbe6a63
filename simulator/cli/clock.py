"""`pnsim clock`: the story's time in a running simulator."""

from math import isnan

import click

from simulator.cli.durations import story_seconds
from simulator.cli.endings import FAILED
from simulator.cli.loop import run
from simulator.cli.reaching import Place, simulator_options
from simulator.cli.tables import print_json, print_table
from simulator.client.shapes import Advanced, Clock

NOW, ADVANCE, FREEZE, RUN, SCALE = ACTIONS = ("now", "advance", "freeze", "run", "scale")
WITH_VALUE = {ADVANCE: "how far, such as 90s, 1h30m or 7d", SCALE: "how many story seconds pass in one, such as 60"}


@click.command(short_help="The story's time: read, advance, freeze, run.")
@click.argument("action", default=NOW, metavar="[now|advance|freeze|run|scale]")
@click.argument("value", required=False, metavar="[VALUE]")
@click.option("--wall-seconds", type=click.FloatRange(0.001, 86_400), default=60.0, show_default=True, metavar="SECONDS",
              help="How long an advance may take of your time.")  # fmt: skip
@simulator_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the clock, or what an advance fired.")
def clock(place: Place, action: str, value: str | None, wall_seconds: float, *, as_json: bool) -> int:
    """What time it is in the story, and how it passes.

    An advance fires all that falls due on the way, in order, and lists it; it ends with 1 where it
    did not come to its end in --wall-seconds.

    \b
    Examples:
      pnsim clock
      pnsim clock advance 7d
      pnsim clock freeze
      pnsim clock scale 60
    """
    _check(action, value)
    if isnan(wall_seconds):
        raise click.BadParameter("'nan' is no number of seconds", param_hint="--wall-seconds")
    if action == ADVANCE:
        return _tell_advance(run(_advance(place, story_seconds(str(value)), wall_seconds)), as_json=as_json)
    found = run(_set(place, action, 0.0 if value is None else _scale(value)))
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['now']}  {_pace(found['scale'])}")
        click.echo(f"next deadline: {found['next_deadline_at'] or 'none'}")
    return 0


def _check(action: str, value: str | None) -> None:
    if action not in ACTIONS:
        raise click.UsageError(f"no action {action!r}; there are: {', '.join(ACTIONS)}")
    if action in WITH_VALUE and value is None:
        raise click.UsageError(f"{action} needs a value: {WITH_VALUE[action]}")
    if action not in WITH_VALUE and value is not None:
        raise click.UsageError(f"{action} takes no value: take {value!r} out")


def _scale(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1
    if not 0 <= found <= 100_000:
        raise click.UsageError(f"{text!r} is no scale: a number from 0 (stands) to 100000, 1 is as fast as your clock")
    return found


def _pace(scale: float) -> str:
    if not scale:
        return "stands"
    return "runs" if scale == 1 else f"runs {scale:g} times as fast"


async def _advance(place: Place, seconds: float, wall_seconds: float) -> Advanced:
    async with place.reached() as control:
        return await control.advance(seconds, wall_seconds)


async def _set(place: Place, action: str, scale: float) -> Clock:
    async with place.reached() as control:
        if action == NOW:
            return await control.clock()
        if action == FREEZE:
            return await control.freeze()
        return await control.scale(1.0 if action == RUN else scale)


def _tell_advance(found: Advanced, *, as_json: bool) -> int:
    if as_json:
        print_json(found)
    else:
        print_table(("at", "what", "detail"), ((one["at"], one["what"], one["detail"]) for one in found["fired"]))
        more = f", {found['more']} more than are listed" if found["more"] else ""
        click.echo(f"now {found['now']}; {len(found['fired'])} fired{more}", err=True)
    if not found["reached"]:
        click.echo("the advance did not come to its end in time; give it more --wall-seconds, and go on", err=True)
    return 0 if found["reached"] else FAILED
