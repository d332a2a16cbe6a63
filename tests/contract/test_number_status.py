"""X-number status on the wire: every state and cause that go together is valid, in every mode."""

from itertools import product

import orjson
import pytest

from simulator.contract import number_status as wire
from simulator.contract.number_states import cause_of, number_causes, number_states, statuses
from simulator.contract.profile import Profile
from simulator.contract.schemas import load, validator
from simulator.telephony.numbering import ARREARS, NumberState, XNumber

MODES = ("ax", "axb", "axe", "axyb", "x")
DOCUMENTED = b'{"eventType":"numStatus", "numInfo":[{"number":"+86138****0001", "status":"10", "cause":"1"}]}'


@pytest.mark.parametrize("mode", MODES)
def test_every_state_with_every_cause_it_may_have_is_valid(mode: str) -> None:
    for row in number_states().values():
        for cause in (None, *row.causes):
            x_number = XNumber("+8613800000001", "0755", row.state, cause=cause_of(row.state, cause))
            told = wire.number_status(x_number, Profile.default())
            assert wire.violations(told, mode.upper()) == []
            assert told["status"] == row.status


def test_the_tables_name_each_other() -> None:
    named = {cause for row in number_states().values() for cause in (*row.causes, row.default_cause) if cause}
    assert named == set(number_causes())
    assert ARREARS in number_states()[NumberState.SUSPENDED].causes
    assert set(statuses()) == {row.status for row in number_states().values()}
    assert all(row.default_cause in (None, *row.causes) for row in number_states().values())
    for row in number_causes().values():
        assert row.zh
        assert row.en
        assert row.why
        assert row.provenance in {"documented", "observed", "inferred"}


@pytest.mark.parametrize("mode", MODES)
def test_the_documents_sample_and_a_message_of_a_hundred_are_valid_and_more_are_not(mode: str) -> None:
    check = validator(f"notifications/{mode}/numStatus")
    assert check.violations(orjson.loads(DOCUMENTED)) == []
    told = orjson.dumps(wire.number_status(XNumber("+8613800000001", "0755"), Profile.default()))
    assert check.is_valid(orjson.loads(wire.message([told] * wire.AT_ONCE)))
    assert not check.is_valid(orjson.loads(wire.message([told] * (wire.AT_ONCE + 1))))
    assert not check.is_valid(orjson.loads(wire.message([])))


def test_the_schema_of_every_mode_lists_exactly_the_statuses_and_causes_of_the_tables() -> None:
    for mode in MODES:
        members = load(f"notifications/{mode}/numStatus")["properties"]["numInfo"]["items"]["properties"]
        assert members["status"]["enum"] == list(statuses())
        assert members["cause"]["enum"] == [str(cause) for cause in number_causes()]


def test_a_wrong_status_is_named_with_its_place() -> None:
    for status, cause in product(("4", 5), ("4", 2)):
        told = {"number": "+8613800000001", "status": status, "cause": cause}
        assert [each.partition(":")[0] for each in wire.violations(told, "AX")] == [
            "at /numInfo/0/cause", "at /numInfo/0/status",
        ]  # fmt: skip
