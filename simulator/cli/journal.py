"""`pnsim journal`: what happened in a running simulator, and what happens."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping

import click
import orjson

from simulator.cli.endings import nobody_reads
from simulator.cli.loop import run
from simulator.cli.narrating import shown
from simulator.cli.reaching import Place, simulator_options
from simulator.cli.tables import print_json, print_table
from simulator.client.client import ControlClient
from simulator.client.shapes import Row

COLUMNS = ("position", "at", "kind", "app", "about", "what")
SHARED = frozenset(("position", "at", "kind", "app_key", "call_id", "message_id"))
LONG = frozenset(("body", "body_base64", "headers", "answer", "authentication", "violations", "notification_ids"))
"""Members that a line has no room for; --json has them."""
PAGE = 1000
LOOK_SECONDS = 0.5
"""How often it is looked whether somebody still reads what is followed: without news no write would tell."""
FURTHER = 8
"""How many times as far back is looked when the last rows had too few that were wanted."""
WIDEST = 60
Filters = Mapping[str, str | None]


@click.command(short_help="What happened in a running simulator; --follow: what happens.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--kind", metavar="KIND", help="Only rows of this kind, such as api_request or attempt_ended.")
@click.option("--app", "app_key", metavar="KEY", help="Only rows of this application.")
@click.option("--call", "call_id", metavar="ID", help="Only rows about this call.")
@click.option("--message", "message_id", metavar="ID", help="Only rows about this SMS.")
@click.option(
    "--after", type=click.IntRange(0), metavar="POSITION", help="The first rows after a position [the last there are]."
)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, metavar="N", help="At most so many."
)
@simulator_options
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON array, bodies and headers too; with --follow an object a line."
)
def journal(place: Place, after: int | None, limit: int, *, follow: bool, as_json: bool, **filters: str | None) -> None:
    """The rows of the journal, oldest first: requests, calls, attempts with what was sent and answered, changes.

    \b
    Examples:
      pnsim journal --kind attempt_ended
      pnsim journal --follow --app axb-demo
      pnsim journal --call call-0000012-0123abcd --json
    """
    if follow:
        run(_follow(place, filters, after, limit, as_json=as_json))
        return
    found = run(_read(place, filters, after, limit))
    if as_json:
        print_json(found)
    else:
        print_table(COLUMNS, map(_line, found))


async def _read(place: Place, filters: Filters, after: int | None, limit: int) -> list[Row]:
    async with place.reached() as control:
        found = await _wanted(control, filters, after, limit)
        if not found and filters.get("kind"):
            kinds = sorted({str(row["kind"]) for row in await _wanted(control, {}, None, PAGE)})
            click.echo(f"no row fits; of the last {PAGE} the kinds are: {', '.join(kinds) or 'none'}", err=True)
        return found


async def _wanted(control: ControlClient, filters: Filters, after: int | None, limit: int) -> list[Row]:
    """The first rows after a position, or the last that there are."""
    if after is not None:
        return await _first(control, filters, after, limit)
    last = (await control.journal(limit=1))["last_position"]
    span = limit
    while True:  # from the end backwards, further each time: a journal may have a million rows
        begin = max(0, last - span)
        found = await _last(control, filters, begin, limit)
        if len(found) == limit or begin == 0:
            return found
        span *= FURTHER


async def _first(control: ControlClient, filters: Filters, after: int, limit: int) -> list[Row]:
    found: list[Row] = []
    async for row in _rows(control, filters, after):
        found.append(row)
        if len(found) == limit:
            break
    return found


async def _last(control: ControlClient, filters: Filters, after: int, limit: int) -> list[Row]:
    last: deque[Row] = deque(maxlen=limit)
    async for row in _rows(control, filters, after):
        last.append(row)
    return list(last)


async def _follow(place: Place, filters: Filters, after: int | None, limit: int, *, as_json: bool) -> None:
    """Print what there is and what comes, until nobody reads it any more; raises BrokenPipeError then."""
    telling = asyncio.ensure_future(_tell(place, filters, after, limit, as_json=as_json))
    try:
        while not telling.done():
            await asyncio.wait([telling], timeout=LOOK_SECONDS)
            if not telling.done() and nobody_reads():
                raise BrokenPipeError
        telling.result()
    finally:
        telling.cancel()


async def _tell(place: Place, filters: Filters, after: int | None, limit: int, *, as_json: bool) -> None:
    """Print what there is, then what comes; the feed says only that there is more, since its rows are in brief."""
    async with place.reached() as control:
        position = (await control.journal(limit=1))["last_position"] if after is None else after
        for row in await _wanted(control, filters, None, limit) if after is None else ():
            position = max(position, _position(row))
            _print(row, as_json=as_json)
        async for _ in control.events(position):
            async for row in _rows(control, filters, position):
                position = _position(row)
                _print(row, as_json=as_json)


async def _rows(control: ControlClient, filters: Filters, after: int) -> AsyncIterator[Row]:
    """Every row after a position that the filters let through."""
    while True:
        page = await control.journal(after=after, limit=PAGE, **filters)
        for row in page["rows"]:
            yield row
        if len(page["rows"]) < PAGE:
            return
        after = _position(page["rows"][-1])


def _position(row: Row) -> int:
    return int(str(row["position"]))


def _print(row: Row, *, as_json: bool) -> None:
    click.echo(orjson.dumps(row).decode() if as_json else "\t".join(map(str, _line(row))))


def _line(row: Row) -> tuple[object, ...]:
    about = row.get("call_id") or row.get("message_id") or ""
    return (row["position"], row["at"], row["kind"], row["app_key"] or "", about, _what(row))


def _what(row: Row) -> str:
    """Its members in brief; hostile text is only text."""
    members = {name: value for name, value in row.items() if name not in SHARED | LONG and value not in (None, "", [])}
    return " ".join(f"{name}={_brief(value)}" for name, value in members.items())


def _brief(value: object) -> str:
    text = shown(value if isinstance(value, str) else orjson.dumps(value).decode())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
