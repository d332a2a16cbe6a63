"""The run as one self-contained page: a ladder a scenario, every message's bytes under it; no script, nothing fetched.

What receivers and scenarios say is text here: everything is escaped, and the page's own policy allows no script at all.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.scenario.reports.chronicle import Chapter, Rung
from simulator.scenario.reports.coverage import Coverage
from simulator.scenario.reports.drawing import drawing
from simulator.scenario.reports.scoring import Scores
from simulator.scenario.reports.visible import LINES, escape
from simulator.scenario.results import Status, known_lines, summary

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
CLASSES = {
    Status.PASSED: "good",
    Status.SKIPPED: "quiet",
    Status.INCOMPLETE: "bad",
    Status.FAILED: "bad",
    Status.BROKEN: "bad",
    Status.UNREACHABLE: "bad",
    Status.NOT_PLAYED: "quiet",
    Status.KNOWN: "quiet",
}
SHOWN = 65_536
"""Characters of one message that are shown."""


def page(chapters: Sequence[Chapter], coverage: Coverage, scores: Scores | None = None) -> str:
    """The whole page as text."""
    results = [chapter.result for chapter in chapters if chapter.result]
    said = summary(results)
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>pnsim: {escape(said)}</title><style>{style}</style></head><body>",
        f"<header><h1>pnsim</h1><p>{escape(said)}</p><p>{escape(coverage.sentence())}</p></header><main>",
        *_scores(scores),
        *_contents(chapters),
        *(_section(chapter, number) for number, chapter in enumerate(chapters)),
        "</main></body></html>\n",
    ]
    return "\n".join(parts)


def _scores(scores: Scores | None) -> Iterator[str]:
    """How a receiver scored, where something was scored."""
    rows = [] if scores is None else scores.rows()
    if not rows:
        return
    yield '<table class="contents scores"><thead><tr><th>property</th><th>score</th><th>why not</th></tr></thead><tbody>'
    for row in rows:
        tone = "good" if row.passed == row.played else "bad"
        about = f"{row.name} <small>{escape(row.en)} {escape(row.zh)}</small>"
        yield f'<tr><td>{about}</td><td class="{tone}">{escape(row.score)}</td><td>{escape("; ".join(row.why))}</td></tr>'
    yield f"</tbody></table><p>{escape(scores.sentence() if scores else '')}</p>"


def _contents(chapters: Sequence[Chapter]) -> Iterator[str]:
    yield '<table class="contents"><thead><tr><th>scenario</th><th>story</th><th>result</th></tr></thead><tbody>'
    for number, chapter in enumerate(chapters):
        if chapter.result is not None:
            one = chapter.result
            yield (
                f'<tr><td><a href="#s{number}">{escape(one.name)}</a></td><td>{escape(one.title)}</td>'
                f'<td class="{CLASSES[one.status]}">{one.status.value}</td></tr>'
            )
    yield "</tbody></table>"


def _section(chapter: Chapter, number: int) -> str:
    one, prefix = chapter.result, f"s{number}"
    if one is None:
        return ""
    head = f'<h2 class="{CLASSES[one.status]}">{escape(one.name)} <small>{one.status.value}</small></h2>'
    where = f"{one.file} · {one.steps_done} of {one.steps_planned} steps"
    if chapter.opening is not None:
        where += f" · seed {chapter.opening.seed} · receiver: {chapter.opening.receiver}"
    failure = "\n".join([*(one.failure.lines() if one.failure else ()), *known_lines(one)])
    shown = f'<pre class="failure">{escape(failure, LINES)}</pre>' if failure else ""
    remarks = "".join(f"<p>{escape(remark)}</p>" for remark in one.remarks)
    more = f"<p>… and {chapter.left_out:,} more</p>" if chapter.left_out else ""
    return (
        f'<section id="{prefix}">{head}<p>{escape(one.title)}</p><p class="where">{escape(where)}</p>{_cast(chapter)}'
        f'{remarks}{shown}<div class="scroll" tabindex="0">{drawing(chapter, prefix)}</div>'
        f"{''.join(_exchanges(chapter, prefix))}{more}</section>"
    )


def _cast(chapter: Chapter) -> str:
    who = "".join(f"<dt>{escape(name)}</dt><dd>{escape(number)}</dd>" for number, name in chapter.names.items())
    return f'<dl class="cast">{who}</dl>' if who else ""


def _exchanges(chapter: Chapter, prefix: str) -> Iterator[str]:
    for number, rung in enumerate(chapter.rungs):
        at = "" if rung.at is None else f"{rung.at:%m-%d %H:%M:%S}"
        way = "" if rung.source == rung.target else f"{rung.source} → {rung.target}"
        head = (
            f'<span class="time">{at}</span> <span class="{rung.tone}">{escape(rung.text)}</span> '
            f'<span class="way">{way}</span>'
        )
        shown = _bytes(rung)
        if shown:  # the address leads inside, so that a browser opens it
            yield f'<details><summary>{head}</summary><div id="{prefix}-{number}">{shown}</div></details>'
        else:
            yield f'<div class="rung" id="{prefix}-{number}">{head}</div>'


def _bytes(rung: Rung) -> str:
    parts = (("sent", rung.sent), ("answered" if rung.sent else "meaning", rung.got))
    return "".join(f"<h3>{name}</h3><pre>{escape(text[:SHOWN], LINES)}</pre>" for name, text in parts if text)
