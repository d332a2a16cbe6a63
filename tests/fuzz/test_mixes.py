"""Mixes: every mode, kind of step, outcome, fault and state is drawn, and each is a scenario that can be played."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from simulator.fuzz.mixes import Mix, mixes
from simulator.fuzz.stories import STEPS, flow, scenario_text
from simulator.fuzz.tables import causes, modes, table
from simulator.scenario import loader
from simulator.scenario.results import Status
from tests.scenario.stages import Theatre, clocks, lines

EXAMPLES = 300
pytestmark = pytest.mark.timeout(200)


def drawn(examples: int = EXAMPLES) -> list[Mix]:
    found: list[Mix] = []

    @seed(5)
    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mixes())
    def draw(mix: Mix) -> None:
        found.append(mix)

    draw()
    return found


def test_everything_is_drawn() -> None:
    """Within so many examples: a mode, a kind of step, an outcome, a fault or a state that never came is a mistake."""
    found = drawn()
    seen: Counter[str] = Counter()
    for mix in found:
        seen[mix.mode] += 1
        for element in mix.elements:
            seen.update(_words(element))
    rows = table()
    wanted = {*modes(), *STEPS, *rows["steps"], *rows["outcomes"], *rows["states"], *rows["advances"], "hangup_cause"}
    wanted |= {rule["fault"] for rule in rows["faults"]}
    assert not {one for one in wanted if not seen[one]}


def _words(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(word for one in value.values() for word in _words(one))]
    if isinstance(value, list):
        return [word for one in value for word in _words(one)]
    return [value] if isinstance(value, str) else []


def test_every_mix_is_a_scenario() -> None:
    for mix in drawn(100):
        text = scenario_text(mix, "fuzz_x", 3, probed=True, patient=True)
        scenario = loader.parse(text, "fuzz_x.yaml")
        assert scenario.mode == mix.mode
        assert scenario.seed == 3
        assert text == scenario_text(mix, "fuzz_x", 3, probed=True, patient=True)


def call(place: int, number: int, **end: Any) -> dict[str, Any]:
    ways = {"set": place, "call": number, "rings": None, "talks": None, "released_by": "callee"}
    return {"call": {**ways, "end": end or {"outcome": "answered"}}}


def elements(mode: str) -> list[list[dict[str, Any]]]:
    """Every call, outcome, cause, fault and state of a mode, in a few mixes."""
    rows = table()
    sets = rows["modes"][mode]["sets"]
    calls = [call(place, number) for place in (0, 1) for number in range(len(sets[place]["calls"]))]
    outcomes = [call(0, 0, outcome=one) for one in rows["outcomes"]]
    messages = [{"sms": {"set": place, "sms": n}} for place in (0, 1) for n in range(len(sets[place]["sms"]))]
    states = [one for state in rows["states"] for one in ({"number_status": {"set": 0, "state": state}}, call(0, 0))]
    faults = [one for rule in rows["faults"] for one in ({"faults": [{**rule, "count": 2}]}, call(0, 0))]
    ends = [call(0, 0), {"unbind": 0}, call(0, 0), {"arrears": True}, call(0, 0), {"unbind": 0}, {"advance": "1d"}]
    ends = ends if sets[0]["binds"] else [one for one in ends if "unbind" not in one]
    forced = [call(0, 0, hangup_cause=code) for code in causes(mode)]
    return [[*calls, *messages], outcomes, states, faults, [*ends, call(0, 0)], forced]


@pytest.mark.parametrize("mode", ["AXB", "AX", "AXE", "AXYB"])
@pytest.mark.parametrize("part", range(6))
def test_what_may_be_drawn_can_be_played(mode: str, part: int) -> None:
    """Against a receiver that takes everything each of them passes."""
    from simulator.scenario.performance import Options
    from simulator.scenario.runner import Runner
    from tests.cli.wires import listening
    from tests.scenario.stages import Remembering

    text = scenario_text(Mix(mode, elements(mode)[part]), "fuzz_x", 3)
    scenario = loader.parse(text, "fuzz_x.yaml")
    watcher = Remembering()
    with listening() as wire:
        told = {slot: f"{wire.url}/{slot}" for slot in ("status", "callin", "fee", "sms", "sms_block", "number_status")}
        options = Options(receivers=told, forced=True)
        asyncio.run(Runner(Theatre(mode).stage, options, clocks(150), watcher).run([scenario]))
    (result,) = watcher.ended
    assert result.status is Status.PASSED, (lines(result), text)


def test_values_are_written_as_yaml_reads_them() -> None:
    assert flow({"a": ["on", "A", "2h", 3, True, None, "0001", "hi@{B}"]}) == (
        '{a: ["on", A, 2h, 3, true, null, "0001", "hi@{B}"]}'
    )
