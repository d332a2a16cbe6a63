"""README.zh-CN.md says what README.md says: the same headings, code, pictures, links and names, in the same order."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:(?<=\n\n) {4}.*\n(?: {4}.*\n)*)")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
MARK = re.compile(r"<!-- /?(\w+)[^\n]*-->")
LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>]+)>|(?:src|srcset)=\"([^\"]+)\"")
NAMED = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
GENERATED = re.compile(r"<!-- (\w+): .*?<!-- /\1 -->", re.DOTALL)
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
ITEM = re.compile(r"^(?:\*|\d+\.) ", re.MULTILINE)
EACH_OTHER = {ENGLISH, CHINESE}


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading, without its sentences."""

    heading: str
    level: int
    blocks: list[str]
    links: list[str]
    names: Counter[str]
    rows: int
    items: int
    tables: list[str]

    def shape(self) -> tuple[Any, ...]:
        """By what a section is known in the other language."""
        return self.level, tuple(self.blocks), tuple(self.tables), frozenset(self.names)


Pairs = list[tuple[Section, Section]]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _sections(text: str) -> list[Section]:
    """The sections in their order; a `#` within a block of code is no heading."""
    blocks: list[str] = []

    def keep(found: re.Match[str]) -> str:
        blocks.append(found[0])
        return f"\0{len(blocks) - 1}\0\n"

    bare = INDENTED.sub(keep, FENCED.sub(keep, text))
    starts = [found.start() for found in HEADING.finditer(bare)]
    pieces = [bare[start:end] for start, end in zip(starts, [*starts[1:], len(bare)], strict=True)]
    return [_section(piece, blocks) for piece in pieces]


def _section(piece: str, blocks: list[str]) -> Section:
    head = HEADING.match(piece)
    assert head is not None
    prose = GENERATED.sub("", piece[head.end() :])
    links = (next(filter(None, found.groups())) for found in LINK.finditer(prose))
    return Section(
        heading=head[0],
        level=len(head[1]),
        blocks=[blocks[int(place)] for place in re.findall("\0(\\d+)\0", piece)],
        links=[link for link in links if link not in EACH_OTHER],
        names=Counter(" ".join(found[2].split()) for found in NAMED.finditer(prose)),
        rows=len(ROW.findall(prose)),
        items=len(ITEM.findall(prose)),
        tables=MARK.findall(piece),
    )


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")


def _paired() -> tuple[Pairs, list[str]]:
    """The sections that belong together, and what is said of those that are alone."""
    english, chinese = _sections(_text(ENGLISH)), _sections(_text(CHINESE))
    matcher = SequenceMatcher(None, [one.shape() for one in english], [one.shape() for one in chinese], autojunk=False)
    pairs, alone = [], []
    for _, a, b, c, d in matcher.get_opcodes():
        if b - a == d - c:
            pairs += zip(english[a:b], chinese[c:d], strict=True)
        else:
            ours, theirs = [one.heading for one in english[a:b]], [one.heading for one in chinese[c:d]]
            alone.append(f"{ENGLISH} has {ours}, and at this place {CHINESE} has {theirs}")
    return pairs, alone


def test_both_have_the_same_headings():
    pairs, alone = _paired()
    wrong = [(one.heading, other.heading) for one, other in pairs if one.level != other.level]
    assert not alone, "\n".join(alone)
    assert not wrong, f"of different levels: {wrong}"


def test_both_have_the_same_code_in_the_same_order():
    english, chinese = (
        [(one.heading, block) for one in _sections(_text(name)) for block in one.blocks] for name in (ENGLISH, CHINESE)
    )
    matcher = SequenceMatcher(None, [block for _, block in english], [block for _, block in chinese], autojunk=False)
    wrong = [
        f"{CHINESE} should have\n{_listed(english[a:b])}\ninstead of\n{_listed(chinese[c:d])}"
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]
    assert not wrong, "\n\n".join(wrong)


def _listed(blocks: list[tuple[str, str]]) -> str:
    return "\n".join(f"{block}  (below {heading!r})" for heading, block in blocks) or "nothing"


@pytest.mark.parametrize("what", ["links", "names", "rows", "items", "tables"])
def test_sections_hold_the_same(what: str):
    """Links and pictures, names in `code`, rows of tables, items of lists, generated tables: section by section."""
    wrong = []
    for ours, theirs in _paired()[0]:
        one, other = _counted(getattr(ours, what)), _counted(getattr(theirs, what))
        if one != other:
            wrong.append(
                f"{what} of {ours.heading!r} / {theirs.heading!r}: "
                f"only in {ENGLISH} {[*(one - other).elements()]}, only in {CHINESE} {[*(other - one).elements()]}"
            )
    assert not wrong, "\n".join(wrong)


def _counted(what: Any) -> Counter[str]:
    """What can be compared: a sentence may name things in another order, and anchors are words of their language."""
    if isinstance(what, int):
        return Counter(str(number) for number in range(what))
    return Counter("#…" if one.startswith("#") else one for one in what) if isinstance(what, list) else what


def test_nothing_of_the_chinese_one_is_still_in_english():
    def sentences(name: str) -> set[str]:
        lines = GENERATED.sub("", FENCED.sub("", _text(name))).splitlines()
        return {line for line in lines if len(NAMED.sub("", line)) > 40 and not line.lstrip().startswith("<")}

    assert not [line for line in sentences(CHINESE) & sentences(ENGLISH) if not line.startswith("    ")]


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_links_within_a_readme_lead_to_its_headings(name: str):
    sections = _sections(_text(name))
    anchors = {f"#{_anchor(one.heading)}" for one in sections}
    wrong = [link for one in sections for link in one.links if link.startswith("#") and link not in anchors]
    assert not wrong, f"no such heading in {name}; there are {sorted(anchors)}"


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_files_that_a_readme_names_are_there(name: str):
    links = [link for one in _sections(_text(name)) for link in one.links]
    assert not [link for link in links if "://" not in link and link[0] != "#" and not (ROOT / link).exists()]


@pytest.mark.parametrize(("name", "other"), [(ENGLISH, CHINESE), (CHINESE, ENGLISH)])
def test_each_links_to_the_other_on_its_first_lines(name: str, other: str):
    assert f"]({other})" in "\n".join(_text(name).splitlines()[:4])
