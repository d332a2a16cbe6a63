"""Steps whose `${…}` become known only while the scenario is played: put together, checked and built then."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.scenario.blocks import Later
from simulator.scenario.building import Builder
from simulator.scenario.cases import obeying
from simulator.scenario.language import Step
from simulator.scenario.loader import language
from simulator.scenario.places import Place, Problem, ScenarioError, of_value
from simulator.scenario.variables import fill, is_open


def built(step: Later, names: Mapping[str, Any]) -> Step:
    """The step with these names put in; raises ScenarioError where one is missing, or its value does not fit."""
    tree = fill(step.tree, names)
    wrong = list(_missing(tree, step.place))
    schema = language()
    if not wrong:
        tree, wrong = obeying(tree, schema["$defs"]["step"], schema, "", step.place)
    if wrong:
        raise ScenarioError(wrong)
    return Builder(schema, step.place.file).step(tree, step.place)


def _missing(value: Any, place: Place) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _missing(member, of_value(value, key, place))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _missing(item, of_value(value, index, place))
    elif is_open(value):
        yield Problem(
            place, f"{str(value)!r} stands for nothing: what it names was not captured, or has no such member"
        )
