"""The catalogue of hangup causes is total: every documented cause, every mode, every fact with its provenance."""

import pytest

from simulator.contract.codes import hangup_causes, releases
from simulator.contract.modes import mode_rows
from simulator.contract.reproductions import (
    BEHAVIOUR,
    CONDITION,
    NotReproducible,
    reproduction,
    reproductions,
    story_direction,
)
from simulator.contract.schemas import names

DOCUMENTED = (
    0, 8013, 8014, 8016, 8019, 8022, 8030, 8031, 7501, 7502, 7516, 8032, 8033, 8025, 7503, 7504, 8035, 8100, 8101, 8102,
    8103, 8104, 8105, 7100, 7101, 7105, 7106, 7108, 7507, 8006, 8010, 7001, 7002, 7003, 7004, 7005, 7107, 7109, 7500, 8018,
    8023, 8024, 8042, 8043, 8044, 8046, 8047, 8048, 8049, 8050, 8051, 8055, 8056, 8057, 522, 8007, 8008, 8015, 8041, 7102,
    8011, 8020, 8040, 8139, 7505, 7506, 7508,
)  # fmt: skip
"""hangup_causes.csv of the contract, without the one that only other sources know."""
PROVENANCES = {"documented", "observed", "inferred"}
BY_BEHAVIOUR = (
    8013, 8014, 8016, 8022, 8030, 8031, 8032, 8033, 8035, 8100, 8101, 8102, 8103, 8104, 8105, 7501, 7502, 7503, 7504, 7516,
    8010, 8025, 8055,
)  # fmt: skip
EVENTS = {"arrival": 1, "forwarded": 2, "ringing": 3, "talking": 4}


def test_the_67_documented_causes_are_there_and_the_others_are_flagged() -> None:
    assert len(DOCUMENTED) == 67
    assert {code for code, cause in hangup_causes().items() if cause.is_documented} == set(DOCUMENTED)
    assert [code for code, cause in hangup_causes().items() if not cause.is_documented] == [8017]
    assert "2018 list" in hangup_causes()[8017].note


def test_every_fact_says_how_it_is_known() -> None:
    for cause in hangup_causes().values():
        assert cause.modes, cause.code
        assert cause.modes_why, cause.code
        assert set(cause.modes.values()) <= PROVENANCES, cause.code
        for basis in (cause.events_basis, cause.hears_basis):
            assert basis.provenance in PROVENANCES, cause.code
            assert basis.why, cause.code
        assert cause.hears_en, cause.code
        assert cause.hears_zh, cause.code


def test_modes_are_those_of_the_platform_in_their_order() -> None:
    order = [row.mode for row in mode_rows()]
    for cause in hangup_causes().values():
        assert list(cause.modes) == [mode for mode in order if mode in cause.modes], cause.code


@pytest.mark.parametrize(
    ("code", "modes"),
    [
        (8013, {"AX": "documented"}),
        (8014, {"AXB": "documented", "X": "documented"}),
        (8016, {"AX": "documented", "AXB": "documented", "AXYB": "inferred"}),
        (8019, {"AX": "documented", "AXE": "documented"}),
        (8030, {"AXYB": "documented"}),
        (8006, {"X": "documented"}),
        (8010, {"AX": "documented", "AXB": "documented", "X": "inferred"}),
    ],
)
def test_a_mode_is_documented_where_the_contract_names_it(code: int, modes: dict[str, str]) -> None:
    assert dict(hangup_causes()[code].modes) == modes


def test_events_come_as_far_as_the_stage_of_the_release() -> None:
    for cause in hangup_causes().values():
        events = [event for event in cause.events if event != "collectInfo"]
        assert len(events) == EVENTS[releases()[cause.code].stage], cause.code
        assert events == ["callin", "callout", "alerting", "answer"][: len(events)], cause.code
        if len(events) > 1:
            assert cause.events[:2] == ("callin", "collectInfo"), cause.code


def test_every_cause_is_reproduced_in_every_mode_where_it_can_occur() -> None:
    found = [(one.cause.code, one.mode) for one in reproductions()]
    assert found == [(cause.code, mode) for cause in hangup_causes().values() for mode in cause.modes]
    assert len(set(found)) == len(found) == 289
    assert {one.how for one in reproductions()} == {BEHAVIOUR, CONDITION}
    assert all(one.zh and one.en for one in reproductions())


def test_what_the_simulator_can_bring_about_is_behaviour() -> None:
    by_behaviour = {one.cause.code for one in reproductions() if one.how == BEHAVIOUR}
    assert set(BY_BEHAVIOUR) <= by_behaviour
    assert not {7001, 7005, 8042, 8050, 522, 7505} & by_behaviour


def test_what_is_told_exists_in_the_mode() -> None:
    for one in reproductions():
        there = {name.rpartition("/")[2] for name in names() if name.startswith(f"notifications/{one.mode.lower()}/")}
        assert set(one.kinds(one.events)) <= there, (one.cause.code, one.mode)
        assert one.kinds(one.events)[-2:] == ["disconnect", "fee"]


def test_the_codes_of_disconnect_and_cdr_are_joined_from_the_releases() -> None:
    assert reproduction(8102, "AXB").codes == {
        "disconnect": {"stateCode": 8102},
        "fee": {"ulFailReason": 8102, "fwdUnaswRsn": 17, "sipStatusCode": 486},
    }


def test_a_mode_where_a_cause_does_not_occur_is_refused_with_those_where_it_does() -> None:
    with pytest.raises(NotReproducible, match="8031 does not occur in mode AX; it does in AXYB"):
        reproduction(8031, "AX")
    assert story_direction("no such mode") is None
