"""The tables of README.md are those of the data; `python -m tests.house.test_readme_tables` writes them."""

import re
from pathlib import Path

import orjson

from simulator.config.apps import MODES
from simulator.contract.codes import hangup_causes
from simulator.contract.faults import fault_rows, shared_settings
from simulator.contract.modes import mode_rows
from simulator.contract.operations import operations, operations_of
from simulator.contract.reproductions import reproductions
from simulator.resources import read_bytes
from simulator.scenario.reports.scoring import properties

README = Path(__file__).resolve().parents[2] / "README.md"
MARKED = re.compile(r"(<!-- (\w+): [^\n]* -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def modes_and_operations() -> str:
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


def switches() -> str:
    """The switches of an application."""
    rows = orjson.loads(read_bytes("schemas/codes/features.json"))["rows"]
    lines = ["| switch | what it does | modes | page |", "|---|---|---|---|"]
    for row in rows:
        modes = "every mode" if row["modes"] == list(MODES) else ", ".join(row["modes"])
        lines.append(f"| `{row['feature']}` | {row['en']} ({row['zh']}) | {modes} | {row['page']} |")
    return "\n".join(("", *lines, "", ""))


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


def scored() -> str:
    """The properties of a receiver that are scored."""
    lines = ["| property | what is scored | page |", "|---|---|---|"]
    lines += [f"| `{name}` | {row['en']} ({row['zh']}) | {row['page']} |" for name, row in properties().items()]
    return "\n".join(("", *lines, "", ""))


TABLES = {
    "modes": modes_and_operations,
    "switches": switches,
    "causes": coverage,
    "faults": faults,
    "properties": scored,
}
"""What stands between `<!-- NAME: … -->` and `<!-- /NAME -->`."""


def written() -> str:
    """README.md with its tables as the data has them."""
    return MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", README.read_text(encoding="utf-8"))


def test_the_tables_of_the_readme_are_those_of_the_data() -> None:
    assert written() == README.read_text(encoding="utf-8"), "run `make readme`"


if __name__ == "__main__":
    README.write_text(written(), encoding="utf-8")
