"""The tables of README.md are those of the data; `python -m tests.house.test_readme_tables` writes them."""

import re
from pathlib import Path

from simulator.contract.faults import fault_rows, shared_settings
from simulator.contract.modes import mode_rows
from simulator.contract.operations import operations, operations_of

README = Path(__file__).resolve().parents[2] / "README.md"
MARKED = re.compile(r"(<!-- (modes|faults): [^\n]* -->\n).*?(<!-- /\2 -->)", re.DOTALL)


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


def faults() -> str:
    """Every fault, and what it takes."""
    lines = ["| fault | what comes | takes |", "|---|---|---|"]
    for row in fault_rows().values():
        own = ", ".join(f"`{one.name}`" for one in row.parameters)
        lines.append(f"| `{row.fault}` | {row.en} ({row.zh}) | {own or 'nothing'} |")
    shared = "; ".join(f"`{one.name}`: {one.en}" for one in shared_settings())
    return "\n".join(("", *lines, "", f"All take {shared}.", "", ""))


WRITERS = {"modes": tables, "faults": faults}


def written() -> str:
    """README.md with its tables as the data has them."""
    return MARKED.sub(lambda found: f"{found[1]}{WRITERS[found[2]]()}{found[3]}", README.read_text(encoding="utf-8"))


def test_the_tables_of_the_readme_are_those_of_the_data() -> None:
    assert written() == README.read_text(encoding="utf-8"), "run `make readme`"


if __name__ == "__main__":
    README.write_text(written(), encoding="utf-8")
