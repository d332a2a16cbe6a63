"""The ladder of a scenario as SVG: the same rungs as the text, coloured by their outcome, each a link to its bytes.

Colours are classes of the page that holds the drawing, so that dark and light are the page's business.
"""

from itertools import count
from textwrap import shorten

from simulator.scenario.reports.chronicle import LANES, Chapter, Rung
from simulator.scenario.reports.visible import escape

LEFT, LANE, TOP, STEP = 130, 190, 44, 30
"""Where the first lane is, how far apart they are, where the first rung is, how far apart they are; in pixels."""
RIGHT = 150
LETTER = 8
"""How wide a letter is."""
COLUMNS = {lane: LEFT + LANE * place for place, lane in enumerate(LANES)}
WIDTH = LEFT + LANE * (len(LANES) - 1) + RIGHT


def drawing(chapter: Chapter, prefix: str) -> str:
    """The ladder as an `<svg>`; rung 3 links to `#prefix-3`. Empty where nothing was seen."""
    if not chapter.rungs:
        return ""
    height = TOP + STEP * len(chapter.rungs) + 12
    title = escape(chapter.result.name if chapter.result else "ladder")
    head = (
        f'<svg class="ladder" role="img" aria-label="call ladder of {title}" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" xmlns="http://www.w3.org/2000/svg">'
    )
    lanes = "".join(_lane(lane, height) for lane in LANES)
    rungs = "".join(
        f'<a href="#{prefix}-{number}">{_rung(rung, TOP + STEP * number)}</a>'
        for number, rung in zip(count(), chapter.rungs, strict=False)
    )
    return f"{head}{lanes}{rungs}</svg>"


def _lane(lane: str, height: int) -> str:
    column = COLUMNS[lane]
    return (
        f'<text class="lane" x="{column}" y="18" text-anchor="middle">{lane}</text>'
        f'<line class="lane" x1="{column}" y1="26" x2="{column}" y2="{height}"/>'
    )


def _rung(rung: Rung, top: int) -> str:
    y = top + STEP // 2
    at = "⋯" if rung.at is None else f"{rung.at:%m-%d %H:%M:%S}"
    time = f'<text class="time" x="4" y="{y + 4}">{at}</text>'
    if rung.source == rung.target:
        column = COLUMNS[rung.source]
        mark = f'<circle class="{rung.tone}" cx="{column}" cy="{y}" r="4"/>'
        text = shorten(rung.text, (WIDTH - column - 10) // LETTER, placeholder=" …")
        return f'<g>{time}{mark}<text class="{rung.tone}" x="{column + 10}" y="{y + 4}">{escape(text)}</text></g>'
    start, end = COLUMNS[rung.source], COLUMNS[rung.target]
    tip = -8 if end > start else 8
    head = f"{end},{y} {end + tip},{y - 4} {end + tip},{y + 4}"
    middle = (start + end) // 2
    return (
        f'<g>{time}<line class="{rung.tone}" x1="{start}" y1="{y}" x2="{end + tip // 2}" y2="{y}"/>'
        f'<polygon class="{rung.tone}" points="{head}"/>'
        f'<text class="{rung.tone}" x="{middle}" y="{y - 5}" text-anchor="middle">{escape(rung.text)}</text></g>'
    )
