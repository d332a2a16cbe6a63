"""The tables of both READMEs are those of the data; `python -m tests.house.test_readme_tables` writes them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from simulator.config.apps import MODES
from simulator.contract.codes import hangup_causes
from simulator.contract.faults import fault_rows, shared_settings
from simulator.contract.modes import mode_rows
from simulator.contract.operations import operations, operations_of
from simulator.contract.reproductions import reproductions
from simulator.resources import read_bytes
from simulator.scenario.reports.scoring import properties

ROOT = Path(__file__).resolve().parents[2]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
MARKED = re.compile(r"(<!-- (\w+): [^\n]* -->\n).*?(<!-- /\2 -->)", re.DOTALL)
CHINESE = {
    "mode": "模式",
    "what it is": "含义",
    "operations": "操作",
    "none: your server decides": "无:由您的服务器决定",
    "operation": "操作",
    "request": "请求",
    "page": "出处",
    "every mode": "所有模式",
    "fault": "故障",
    "what comes": "收到的内容",
    "takes": "参数",
    "nothing": "无",
    "All take": "所有故障都可带",
    "switch": "开关",
    "what it does": "作用",
    "modes": "模式",
    "cause": "挂机原因",
    "meaning": "含义",
    "behaviour": "行为",
    "condition": "条件",
    "from other sources only": "仅见于其他来源",
    "property": "属性",
    "what is scored": "评分内容",
}
"""What a table says in English -> what it says in README.zh-CN.md."""

Say = Callable[[str], str]


def _words(language: str) -> Say:
    return CHINESE.__getitem__ if language == "zh" else str


def _told(row: Any, language: str) -> str:
    """What a row says of itself: the English README gives the Chinese term too."""
    zh, en = (row["zh"], row["en"]) if isinstance(row, dict) else (row.zh, row.en)
    return zh if language == "zh" else f"{en} ({zh})"


def _head(say: Say, *names: str) -> list[str]:
    return [f"| {' | '.join(say(name) for name in names)} |", "|---" * len(names) + "|"]


def modes_and_operations(language: str) -> str:
    """The modes, then every operation."""
    say = _words(language)
    modes = _head(say, "mode", "what it is", "operations")
    for row in mode_rows():
        own = [f"`{name}`" for name, one in operations_of(row.mode).items() if one.mode is not None]
        modes.append(f"| {row.mode} | {_told(row, language)} | {', '.join(own) or say('none: your server decides')} |")
    asked = _head(say, "operation", "request", "page")
    for one in operations():
        name = f"{one.mode or say('every mode')} `{one.operation}`"
        asked.append(f"| {name} | `{one.method} {one.path}` | {one.page} |")
    return "\n".join(("", *modes, "", *asked, "", ""))


def faults(language: str) -> str:
    """Every fault, and what it takes."""
    say = _words(language)
    lines = _head(say, "fault", "what comes", "takes")
    for row in fault_rows().values():
        own = ", ".join(f"`{one.name}`" for one in row.parameters)
        lines.append(f"| `{row.fault}` | {_told(row, language)} | {own or say('nothing')} |")
    is_chinese = language == "zh"
    colon, comma, stop = ("：", "；", "。") if is_chinese else (": ", "; ", ".")
    shared = comma.join(f"`{one.name}`{colon}{one.zh if is_chinese else one.en}" for one in shared_settings())
    return "\n".join(("", *lines, "", f"{say('All take')} {shared}{stop}", "", ""))


def switches(language: str) -> str:
    """The switches of an application."""
    say = _words(language)
    lines = _head(say, "switch", "what it does", "modes", "page")
    for row in orjson.loads(read_bytes("schemas/codes/features.json"))["rows"]:
        modes = say("every mode") if row["modes"] == list(MODES) else ", ".join(row["modes"])
        lines.append(f"| `{row['feature']}` | {_told(row, language)} | {modes} | {row['page']} |")
    return "\n".join(("", *lines, "", ""))


def coverage(language: str) -> str:
    """Every hangup cause, and how it is played in each mode."""
    say, modes = _words(language), [row.mode for row in mode_rows()]
    lines = [f"| {say('cause')} | {say('meaning')} | {' | '.join(modes)} |", "|---" * (2 + len(modes)) + "|"]
    how = {(one.cause.code, one.mode): say(one.how) for one in reproductions()}
    for cause in hangup_causes().values():
        flag = "" if cause.is_documented else f" ({say('from other sources only')})"
        cells = (how.get((cause.code, mode), "–") for mode in modes)
        lines.append(f"| {cause.code} | {cause.zh if language == 'zh' else cause.en}{flag} | {' | '.join(cells)} |")
    return "\n".join(("", *lines, "", ""))


def scored(language: str) -> str:
    """The properties of a receiver that are scored."""
    lines = _head(_words(language), "property", "what is scored", "page")
    lines += [f"| `{name}` | {_told(row, language)} | {row['page']} |" for name, row in properties().items()]
    return "\n".join(("", *lines, "", ""))


TABLES = {
    "modes": modes_and_operations,
    "switches": switches,
    "causes": coverage,
    "faults": faults,
    "properties": scored,
}
"""What stands between `<!-- NAME: … -->` and `<!-- /NAME -->`, in `en` or `zh`."""


def written(language: str) -> str:
    """A README with its tables as the data has them."""
    text = READMES[language].read_text(encoding="utf-8")
    return MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]](language)}{found[3]}", text)


@pytest.mark.parametrize("language", READMES)
def test_the_tables_of_the_readme_are_those_of_the_data(language: str) -> None:
    assert written(language) == READMES[language].read_text(encoding="utf-8"), "run `make readme`"


if __name__ == "__main__":
    for given, readme in READMES.items():
        readme.write_text(written(given), encoding="utf-8")
