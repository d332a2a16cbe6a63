"""The tables of README.md are those of the data; `python -m tests.house.test_readme_tables` writes them."""

import re
from pathlib import Path

from simulator.contract.codes import hangup_causes
from simulator.contract.modes import mode_rows
from simulator.contract.operations import operations, operations_of
from simulator.contract.reproductions import reproductions

README = Path(__file__).resolve().parents[2] / "README.md"
MARKED = re.compile(r"(<!-- (modes|causes): [^\n]* -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def tables() -> str:
    """The modes, then every operation."""
    modes = ["| mode | what it is | operations |", "|---|---|---|"]
    for row in mode_rows():
        own = [f"`{name}`" for name, one in operations_of(row.mode).items() if one.mode is not None]
        modes.append(f"| {row.mode} | {row.en} ({row.zh}) | {', '.join(own) or 'none: your server decides'} |")
    asked = ["| operation | request | page |", "|---|---|---|"]
    for one in operations():
        name = f"{one.mode or 'every mode'} `{one.operation}`"
        asked.append(f"| {name} | `{one.method} {one.path}` | {one.page} |")
    return "\n".join(("", *modes, "", *asked, "", ""))


def coverage() -> str:
    """Every hangup cause, and how it is played in each mode."""
    modes = [row.mode for row in mode_rows()]
    lines = [f"| cause | meaning | {' | '.join(modes)} |", "|---" * (2 + len(modes)) + "|"]
    how = {(one.cause.code, one.mode): one.how for one in reproductions()}
    for cause in hangup_causes().values():
        flag = "" if cause.is_documented else " (from other sources only)"
        cells = (how.get((cause.code, mode), "–") for mode in modes)
        lines.append(f"| {cause.code} | {cause.en}{flag} | {' | '.join(cells)} |")
    return "\n".join(("", *lines, "", ""))


WRITERS = {"modes": tables, "causes": coverage}


def written() -> str:
    """README.md with its tables as the data has them."""
    return MARKED.sub(lambda found: f"{found[1]}{WRITERS[found[2]]()}{found[3]}", README.read_text(encoding="utf-8"))


def test_the_tables_of_the_readme_are_those_of_the_data() -> None:
    assert written() == README.read_text(encoding="utf-8"), "run `make readme`"


if __name__ == "__main__":
    README.write_text(written(), encoding="utf-8")
