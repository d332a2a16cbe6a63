"""Plays stories and writes down every push as it left, ids and times put into words: the golden timelines.

`python -m tests.golden.playing` (`make golden`) writes the files anew; look at the difference before you commit it.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from simulator.contract.network import call_tables
from simulator.contract.reproductions import reproduction
from simulator.scenario.language import Scenario
from simulator.scenario.loader import load, of_tree
from simulator.scenario.performance import Options
from simulator.scenario.reproducing import every_scenario, tree_of
from simulator.scenario.results import Status
from simulator.scenario.runner import Runner
from tests.scenario.stages import Remembering, Theatre, clocks

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
MODES = ("AX", "AXB", "AXE", "AXYB", "X")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TIME = re.compile(r"2026-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{3}Z)?")
QUOTED = re.compile(r'"([^"]*)"')
IDS = {
    "session": re.compile(r'"sessionId":"([^"]+)"'),
    "record": re.compile(r'"icid":"([^"]+)"'),
    "binding": re.compile(r'"subscriptionId":"([^"]+)"'),
    "sms": re.compile(r'"smsIdentifier":"([^"]+)"'),
    "file": re.compile(r'"recordObjectName":"([^"]+)"'),
}
TOLD = {
    "AX": ("ax/ax_a_calls_through_x", "ax/ax_sms_from_others", "ax/ax_sms_names_nobody", "ax/ax_sms_to_whom_a_names"),
    "AXB": (
        "axb/axb_answered_and_recorded",
        "axb/axb_merged_cdrs",
        "axb/axb_sms_both_ways",
        "platform/platform_number_suspended",
        "platform/platform_arrears_and_recovery",
    ),
    "AXE": ("axe/axe_callback_to_last_caller", "axe/axe_callback_to_number"),
    "AXYB": ("axyb/axyb_both_ways",),
    "X": ("x/x_recorded", "x/x_sms_forwarded", "x/x_sms_discarded"),
}
"""Shipped scenarios that go other ways than the ordinary story: A calls, B calls back, CDRs are merged, SMS, X numbers."""


def stories(mode: str) -> Iterator[tuple[str, Scenario]]:
    """Every outcome, every way of calling and every hangup cause of a mode, with what its section is called."""
    for outcome in call_tables().outcomes:
        yield f"outcome {outcome}", _of_outcome(mode, outcome)
    for name in TOLD[mode]:
        yield f"scenario {name}", load(ROOT / "scenarios" / f"{name}.yaml")
    for one, scenario in every_scenario():
        if one.mode == mode:
            yield f"cause {one.cause.code} by {one.how}", scenario


def _of_outcome(mode: str, outcome: str) -> Scenario:
    """The ordinary story of a mode that ends like this."""
    tree = deepcopy(tree_of(reproduction(0, mode), {"user_data": "order-1"}))
    for step in tree["steps"]:
        if "call" in step:
            step["call"] = {**{key: value for key, value in step["call"].items() if key != "talks"}, "outcome": outcome}
    tree["steps"] = [step for step in tree["steps"] if "expect" not in step] + [{"advance": "2s"}]
    tree["scenario"] = f"{outcome}_{mode.lower()}"
    return of_tree(tree, tree["scenario"])


async def written(mode: str) -> str:
    """The golden file of a mode: a section a story, a line a push."""
    sections = []
    for title, scenario in stories(mode):
        watcher = Remembering()
        await Runner(Theatre(mode).stage, Options(), clocks(), watcher).run([scenario])
        (result,) = watcher.ended
        assert result.status is Status.PASSED, (title, result.failure)
        pushes = [(str(row["url"]), str(row["body"])) for row in watcher.of_kind("attempt_started")]
        sections.append("\n".join((f"== {title}", *in_words(pushes), "")))
    return "\n".join(sections)


def in_words(pushes: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each push on a line, with T+5s for a time and a name for every id."""
    names: dict[str, str] = {}
    for url, body in pushes:
        for kind, pattern in IDS.items():
            for found in pattern.findall(body):
                names.setdefault(found, f"<{kind} {1 + sum(name.startswith(f'<{kind} ') for name in names.values())}>")
        named = QUOTED.sub(lambda found: f'"{names.get(found[1], found[1])}"', body)
        yield f"POST {urlsplit(url).path} {TIME.sub(_since, named)}"


def _since(found: re.Match[str]) -> str:
    at = datetime.fromisoformat(f"{found[0].removesuffix('Z')}Z")
    return f"T+{(at - BEGIN).total_seconds():g}s"


def main() -> None:
    """Write every golden file."""
    for mode in MODES:
        (HERE / f"{mode.lower()}.txt").write_text(asyncio.run(written(mode)), encoding="utf-8")


if __name__ == "__main__":
    main()
