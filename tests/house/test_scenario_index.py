"""The index of the shipped scenarios is theirs, and no two tell the same.

`python -m tests.house.test_scenario_index` writes it.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from simulator.contract.operations import operation_names
from simulator.scenario.language import Ask, Expect, PlayCall, PlaySms, Scenario, Step
from simulator.scenario.loader import files, load

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
INDEX = SCENARIOS / "README.md"
HEAD = """\
# The shipped scenarios

`pnsim run scenarios` plays them all, `pnsim run scenarios/axb -k busy` those whose name or title says so.
Written by `make readme`, compared by a test.
"""
AT_LEAST = 60


def shipped() -> dict[str, list[Scenario]]:
    """Every shipped scenario, by its folder; of one with parameters its first row."""
    found = defaultdict(list)
    for path in files([SCENARIOS]):
        found[path.parent.name].append(load(path))
    return dict(sorted(found.items()))


def expected(scenario: Scenario) -> list[str]:
    """The outcomes, hangup causes, result codes and sendResults that a scenario is about."""
    return list(dict.fromkeys(code for step in scenario.steps for code in _expected(step)))


def _expected(step: Step) -> Iterator[str]:
    if isinstance(step, Ask) and step.expected is not None and step.expected.result_code not in (None, "0"):
        yield str(step.expected.result_code)
    if isinstance(step, PlayCall) and step.outcome is not None:
        yield step.outcome
    if isinstance(step, Expect | PlayCall) and step.hangup_cause is not None:
        yield str(step.hangup_cause)
    if isinstance(step, Expect | PlaySms) and step.send_result is not None:
        yield f"SMS {step.send_result}"


def kinds(scenario: Scenario) -> list[str]:
    """The kinds of its steps, in their order, of expectations also what they want to see; and what goes wrong on purpose."""
    wrong = [str(rule) for rule in scenario.faults]
    return [*(_kind(step) for step in scenario.steps), *wrong, str(scenario.behaviour)]


def _kind(step: Step) -> str:
    if isinstance(step, Ask):
        assert step.operation in operation_names()
        return step.operation
    wanted = f" {step.notifications} {step.attempts} {step.exhausted}" if isinstance(step, Expect) else ""
    return type(step).__name__ + wanted


def index() -> str:
    """The index as it must be."""
    lines = [HEAD]
    for folder, scenarios in shipped().items():
        lines += [f"## {folder}", "", "| scenario | mode | story | about |", "|---|---|---|---|"]
        for one in scenarios:
            about = ", ".join(expected(one)) or "–"
            name = Path(one.file).stem
            lines.append(f"| [{name}]({folder}/{name}.yaml) | {one.mode} | {one.title} | {about} |")
        lines.append("")
    return "\n".join(lines)


def test_the_index_is_that_of_the_shipped_scenarios() -> None:
    assert INDEX.read_text(encoding="utf-8") == index(), "run `make readme`"


def test_there_are_many_and_each_has_its_sentence() -> None:
    titles = [one.title for scenarios in shipped().values() for one in scenarios]
    assert len(titles) >= AT_LEAST
    assert len(set(titles)) == len(titles)


def test_no_two_have_the_same_mode_steps_and_expected_causes() -> None:
    seen = defaultdict(list)
    for scenarios in shipped().values():
        for one in scenarios:
            seen[one.mode, *kinds(one), "|", *expected(one)].append(one.name)
    assert not [names for names in seen.values() if len(names) > 1]


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8")
