"""The ladder of a scenario as text: four lanes, an arrow for everything that passed between them; 80 columns wide."""

from collections.abc import Iterator
from unicodedata import east_asian_width

from simulator.scenario.reports.chronicle import BAD, CALL, GOOD, LANES, QUIET, Chapter, Rung
from simulator.scenario.reports.printing import Line, Piece

TIME_WIDTH = 16
LANE_WIDTH = 18
COLUMNS = {lane: TIME_WIDTH + LANE_WIDTH * place + 2 for place, lane in enumerate(LANES)}
SCREEN = 80
WIDTH = TIME_WIDTH + LANE_WIDTH * (len(LANES) - 1) + 8
STYLES = {GOOD: "green", BAD: "red", CALL: "magenta", QUIET: "dim"}


def ladder(chapter: Chapter) -> Iterator[Line]:
    """The lines of a ladder; none for a scenario of which nothing was seen."""
    if not chapter.rungs:
        return
    yield [(_heads(), "bold")]
    for rung in chapter.rungs:
        yield _rung(rung)
    if chapter.left_out:
        yield [(f"{'':{TIME_WIDTH}}… and {chapter.left_out:,} more", "dim")]


def _heads() -> str:
    line = [" "] * (WIDTH + 4)
    for lane, column in COLUMNS.items():
        start = column - len(lane) // 2
        line[start : start + len(lane)] = lane
    return "".join(line).rstrip()


def _rung(rung: Rung) -> Line:
    time = "⋯".rjust(10) if rung.at is None else f"{rung.at:%m-%d %H:%M:%S}"
    lanes = [" "] * (WIDTH + 1)
    for column in COLUMNS.values():
        lanes[column] = "│"
    style = STYLES[rung.tone]
    if rung.source == rung.target:
        return [(f" {time:<{TIME_WIDTH - 1}}", "dim"), *_note(lanes, rung, style)]
    start, end = sorted((COLUMNS[rung.source], COLUMNS[rung.target]))
    rightwards = COLUMNS[rung.source] < COLUMNS[rung.target]
    arrow = _arrow(rung.text, end - start - 1, rightwards=rightwards)
    left, right = "".join(lanes[TIME_WIDTH : start + 1]), "".join(lanes[end:])
    return [(f" {time:<{TIME_WIDTH - 1}}", "dim"), (left, "dim"), (arrow, style), (right.rstrip(), "dim")]


def _note(lanes: list[str], rung: Rung, style: str) -> Iterator[Piece]:
    """A text that begins at its lane and may run over those to the right of it."""
    column = COLUMNS[rung.source]
    text = _fitting(f"● {rung.text}", SCREEN - column)
    yield "".join(lanes[TIME_WIDTH:column]), "dim"
    yield text, style
    yield "".join(lanes[column + _columns(text) :]).rstrip(), "dim"


def _arrow(text: str, width: int, *, rightwards: bool) -> str:
    """`text` in the middle of an arrow of this width; cut where it does not fit."""
    line = f" {_fitting(text, width - 4)} ".center(width - 1, "─")
    return f"{line}▶" if rightwards else f"◀{line}"


def _fitting(text: str, room: int) -> str:
    """`text`, cut where it takes more columns than there are; Chinese characters take two."""
    if _columns(text) <= room:
        return text
    while _columns(text) >= room:
        text = text[:-1]
    return f"{text}…"


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
