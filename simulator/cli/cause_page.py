"""One hangup cause on a page of its own: labels on the left, what is known on the right, and how it is known."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shutil import get_terminal_size
from typing import Any

from simulator.cli.folding import fold
from simulator.scenario.reports.printing import printer

WIDTH = 80
LABEL_WIDTH = 15
NARROWEST = 20

Fact = tuple[str, str, str]


def print_page(row: Mapping[str, Any]) -> None:
    """The page of a row of the catalogue."""
    flag = "" if row["documented"] else "  (known from other sources only)"
    print_facts((str(row["code"]), row["en"] + flag, row["zh"]), _facts(row))


def print_facts(head: tuple[str, str, str], facts: Iterable[Fact]) -> None:
    """A name with its meaning in both languages, then facts: label, fact, small print; folded to the terminal, else to 80."""
    width = get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    show = printer(sys.stdout)
    for label, text, style in _lines(head, facts):
        for number, line in enumerate(fold(text, max(width - LABEL_WIDTH, NARROWEST))):
            name = "" if number else label
            show([(f"{name:<{LABEL_WIDTH}}", "cyan"), (line, style)])


def _lines(head: tuple[str, str, str], facts: Iterable[Fact]) -> Iterator[Fact]:
    """Label, text and the style of the text."""
    name, meaning, meaning_zh = head
    yield name, meaning, "bold"
    yield "", meaning_zh, ""
    for label, text, known in facts:
        yield label, text, ""
        if known:
            yield "", known, "dim"


def _facts(row: Mapping[str, Any]) -> Iterator[Fact]:
    """Label, fact, and how it is known."""
    yield "category", f"{row['category']} {row['category_zh']}", row["note"]
    yield "can occur in", _modes(row["modes_provenance"]), row["modes_why"]
    yield "stage", f"{row['stage_en']} {row['stage_zh']}", ""
    yield "told", _told(row["events"]), f"{row['events_provenance']}: {row['events_why']}"
    point = f"{row['disconnect_point']} {row['disconnect_point_en']}\n{row['disconnect_point_zh']}".strip()
    yield "point", point, f"{row['disconnect_point_provenance']}: {row['disconnect_point_why']}"
    codes = f"Q.850 {row['q850']} {row['q850_en']} {row['q850_zh']} · SIP {row['sip_status']}"
    yield "Q.850, SIP", codes, f"{row['codes_provenance']}: {row['codes_why']}"
    heard = (row["hears_zh"], row["hears"])
    yield "caller hears", "\n".join(dict.fromkeys(heard)), f"{row['hears_provenance']}: {row['hears_why']}"
    yield "play it", row["command"], ""
    for text in _ways(row["reproduce"]):
        yield "", text, ""


def _modes(provenance: Mapping[str, str]) -> str:
    """Modes by how it is known that the cause occurs there."""
    by: dict[str, list[str]] = {}
    for mode, how in provenance.items():
        by.setdefault(how, []).append(mode)
    return " · ".join(f"{' '.join(modes)} ({how})" for how, modes in by.items())


def _told(events: Mapping[str, Sequence[str]]) -> str:
    """The notifications of each mode; modes that are told the same stand together."""
    by: dict[tuple[str, ...], list[str]] = {}
    for mode, kinds in events.items():
        by.setdefault(tuple(kinds), []).append(mode)
    chains = (" → ".join(kinds) for kinds in by)
    if len(by) == 1:
        return next(chains)
    return "\n".join(f"{' '.join(modes)}: {chain}" for chain, modes in zip(chains, by.values(), strict=True))


def _ways(reproduce: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    by: dict[tuple[str, ...], list[str]] = {}
    for mode, way in reproduce.items():
        by.setdefault((way["how"], way["en"], way["zh"]), []).append(mode)
    for (how, text, text_zh), modes in by.items():
        yield f"{' '.join(modes)}, {how}: {text}\n{text_zh}"
