"""README.zh-CN.md says what README.md says: the same headings, code, pictures, links and names, in the same order."""

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

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


@dataclass(slots=True)
class Section:
    """What stands below one heading, without its sentences."""

    heading: str
    level: int
    blocks: list[str]
    links: list[str]
    names: Counter[str]
    rows: int
    items: int
    marks: list[str] = field(default_factory=list)

    def shape(self) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
        """What two sections that say the same have in common, whatever was forgotten in one of them."""
        return self.level, tuple(self.blocks), tuple(self.marks)


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
    links = [next(filter(None, found.groups())) for found in LINK.finditer(prose)]
    return Section(
        heading=head[0],
        level=len(head[1]),
        blocks=[blocks[int(place)] for place in re.findall("\0(\\d+)\0", piece)],
        links=[link for link in links if link not in EACH_OTHER],
        names=Counter(" ".join(found[2].split()) for found in NAMED.finditer(prose)),
        rows=len(ROW.findall(prose)),
        items=len(ITEM.findall(prose)),
        marks=MARK.findall(piece),
    )


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")


@pytest.fixture(scope="module")
def both() -> tuple[list[Section], list[Section]]:
    return _sections(_text(ENGLISH)), _sections(_text(CHINESE))


Both = tuple[list[Section], list[Section]]


def test_both_have_the_same_headings(both: Both):
    english, chinese = both
    matcher = SequenceMatcher(None, [one.shape() for one in english], [one.shape() for one in chinese], autojunk=False)
    levels = [[one.level for one in sections] for sections in both]
    missing = [
        f"{CHINESE} lacks {[one.heading for one in english[a:b]]}; at its place it has {[one.heading for one in chinese[c:d]]}"
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal" and b - a != d - c
    ]
    assert levels[0] == levels[1], "\n".join(missing)


def test_both_have_the_same_code_in_the_same_order(both: Both):
    english, chinese = ([(one.heading, block) for one in sections for block in one.blocks] for sections in both)
    matcher = SequenceMatcher(None, [block for _, block in english], [block for _, block in chinese], autojunk=False)
    wrong = [
        f"{CHINESE} should have\n{''.join(f'{block}  (of {heading})' for heading, block in english[a:b]) or 'nothing'}\n"
        f"instead of\n{''.join(f'{block}  (of {heading})' for heading, block in chinese[c:d]) or 'nothing'}"
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("what", ["links", "names", "rows", "items", "marks"])
def test_sections_hold_the_same(both: Both, what: str):
    """Links and pictures, names in `code`, rows of tables, items of lists, generated tables: section by section."""
    wrong = []
    for ours, theirs in zip(*both, strict=False):
        one, other = getattr(ours, what), getattr(theirs, what)
        if what == "links":
            one, other = ([link.partition("#")[0] if link[0] == "#" else link for link in links] for links in (one, other))
        if one == other or (what == "links" and sorted(one) == sorted(other)):
            continue
        if what == "names":
            one, other = dict(one - other), dict(other - one)
        wrong.append(f"{what} of {ours.heading!r} ({CHINESE}: {theirs.heading!r}): only in {ENGLISH} {one}, only in {CHINESE} {other}")
    assert not wrong, "\n".join(wrong)


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
