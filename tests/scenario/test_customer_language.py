"""The customer's part of the scenario language: what it takes, and the sentences for what it does not."""

import jsonschema
import orjson
import pytest
from ruamel.yaml import YAML

from simulator.resources import read_bytes
from simulator.scenario.counting import NAIVE
from simulator.scenario.customer_language import Allowed, AskCustomer, AwaitRequest, Probe, Wanted
from simulator.scenario.language import Expect, describe
from simulator.scenario.loader import language, parse
from simulator.scenario.places import Place, ScenarioError
from simulator.scenario.plain import plain
from simulator.scenario.reports.scoring import properties
from simulator.scenario.shapes import Shapes
from tests.scenario.wrong_customer_scenarios import GOOD, WRONG

FILE = "story.yaml"
IDS = [str(n) for n in range(len(WRONG))]


def said_of(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse(text, FILE)
    return str(caught.value)


def test_a_right_file_is_read_as_it_stands():
    scenario = parse(GOOD, FILE)
    start, awaited, _, expect, never, probe, polled = scenario.steps
    assert scenario.customer.url == "http://127.0.0.1:9000"
    assert scenario.customer.allowed == Allowed(frozenset({"callin"}), frozenset({"query"}))
    assert list(scenario.customer.known_failures.values()) == ["an SMS still comes"]
    assert isinstance(start, AskCustomer)
    assert (start.method, start.path, start.body) == ("POST", "/orders", {"caller": "A", "callee": "{B}"})
    assert isinstance(awaited, AwaitRequest)
    assert (awaited.asking.operation, awaited.save_as, awaited.number_as) == ("bind", "pair", "Y")
    assert isinstance(expect, Expect)
    assert expect.demands is not None
    assert expect.demands.answers == {"callin": Wanted(200, within_seconds=0.5)}
    assert expect.demands.in_order == (("first", "callin"), ("first", "fee"))
    assert (expect.demands.by, expect.demands.since_step, expect.within_seconds) == ({"fee": 60}, True, 60)
    assert isinstance(never, Expect)
    assert isinstance(probe, Probe)
    assert isinstance(polled, AskCustomer)
    assert (polled.method, polled.every_seconds, polled.within_seconds) == ("GET", 0.2, 3)
    said = [describe(step) for step in (start, awaited, probe)]
    assert said == ["customer POST /orders", "await_request bind", "probe first"]


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=IDS)
def test_a_wrong_file_is_refused_with_place_and_what_would_be_right(old: str, new: str, sentence: str):
    assert old in GOOD
    assert said_of(GOOD.replace(old, new, 1)) == sentence


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=IDS)
def test_an_editor_with_the_schema_judges_shapes_as_the_loader_does(old: str, new: str, sentence: str):
    del sentence
    tree = YAML(typ="rt", pure=True).load(GOOD.replace(old, new, 1))
    walker = not list(Shapes(language()).problems(tree, language(), "a scenario", Place(FILE, 1, 1)))
    assert jsonschema.Draft202012Validator(language()).is_valid(plain(tree)) == walker


def test_a_schema_beside_the_scenario_is_read_with_it(tmp_path):
    (tmp_path / "order.json").write_text('{"required": ["id"]}', encoding="utf-8")
    text = GOOD.replace("until: {fields: {state: done}}", "until: {schema: order.json}")
    step = parse(text, str(tmp_path / "story.yaml")).steps[-1]
    assert isinstance(step, AskCustomer)
    assert step.until == Wanted(schema={"required": ["id"]})


def test_the_languages_properties_and_naiveties_are_those_of_the_tables():
    schema = language()
    assert schema["properties"]["property"]["enum"] == list(properties())
    assert tuple(schema["$defs"]["behaviour"]["properties"]["naive"]["items"]["enum"]) == NAIVE
    rows = orjson.loads(read_bytes("schemas/codes/properties.json"))["rows"]
    assert all(row["zh"] and row["en"] and row["page"] for row in rows)
