"""Numbers, the pool they live in, and ids."""

import re
from datetime import UTC, datetime

import pytest

from simulator.contract.codes import area_provinces
from simulator.telephony.ids import Ids, classic_session_id, icid, recording_name, session_id_2022, uuid_text
from simulator.telephony.numbering import (
    NumberKind,
    NumberPool,
    area_of_landline,
    as_seen_by_the_network,
    kind_of,
)

AT = datetime(2019, 1, 24, 2, 30, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+8613800000001", NumberKind.MOBILE),
        ("+8619912345678", NumberKind.MOBILE),
        ("+8612800000001", NumberKind.MALFORMED),
        ("+861380000000", NumberKind.MALFORMED),
        ("+86138000000011", NumberKind.MALFORMED),
        ("13800000001", NumberKind.MALFORMED),
        ("8613800000001", NumberKind.MALFORMED),
        ("+861380000000a", NumberKind.MALFORMED),
        ("+8613800000001\n", NumberKind.MALFORMED),
        ("+861380000000１", NumberKind.MALFORMED),
        ("+86755123456７8", NumberKind.MALFORMED),
        ("+861012345678", NumberKind.LANDLINE),
        ("+862112345678", NumberKind.LANDLINE),
        ("+8675512345678", NumberKind.LANDLINE),
        ("+867551234567", NumberKind.LANDLINE),
        ("+86075512345678", NumberKind.MALFORMED),
        ("", NumberKind.MALFORMED),
    ],
)
def test_a_text_is_mobile_landline_or_malformed(number: str, kind: NumberKind) -> None:
    assert kind_of(number) is kind


@pytest.mark.parametrize(
    ("dialled", "seen"),
    [
        ("13800000001", "+8613800000001"),
        ("+8613800000001", "+8613800000001"),
        ("8613800000001", "8613800000001"),
        ("075512345678", "075512345678"),
    ],
)
def test_a_phone_may_leave_the_country_out(dialled: str, seen: str) -> None:
    assert as_seen_by_the_network(dialled) == seen


@pytest.mark.parametrize(
    ("number", "area"),
    [
        ("+861012345678", "010"),
        ("+862112345678", "021"),
        ("+8675512345678", "0755"),
        ("+8699912345678", "0999"),
        ("+8613800000001", None),
        ("0755", None),
    ],
)
def test_a_landline_says_its_area(number: str, area: str | None) -> None:
    assert area_of_landline(number, area_provinces()) == area


# --- the pool ---


@pytest.fixture
def pool() -> NumberPool:
    pool = NumberPool({"0755": "Guangdong", "020": "Guangdong", "010": "Beijing"})
    for number, area in (("x1", "0755"), ("x2", "0755"), ("x3", "020"), ("x4", "010"), ("x5", "0999")):
        pool.add(number, area)
    return pool


def groups(pool: NumberPool, area: str, *, loose: bool) -> list[list[str]]:
    return [[x.number for x in group] for group in pool.candidates(area, loose=loose)]


def test_strict_candidates_are_those_of_the_city(pool: NumberPool) -> None:
    assert groups(pool, "0755", loose=False) == [["x1", "x2"]]
    assert groups(pool, "0731", loose=False) == [[]]


def test_loose_candidates_widen_from_the_city_to_the_province_to_all(pool: NumberPool) -> None:
    everything = ["x1", "x2", "x3", "x4", "x5"]
    assert groups(pool, "020", loose=True) == [["x3"], ["x1", "x2", "x3"], everything]
    assert groups(pool, "0731", loose=True) == [[], [], everything]


def test_a_number_is_in_the_pool_once(pool: NumberPool) -> None:
    first = pool.get("x1")
    assert pool.add("x1", "010") is first
    assert (len(pool), [x.number for x in pool]) == (5, ["x1", "x2", "x3", "x4", "x5"])
    assert groups(pool, "010", loose=False) == [["x4"]]
    assert pool.get("x9") is None


# --- ids ---


def drawn(seed: int, app_key: str, kind: str, count: int = 50) -> list[int]:
    ids = Ids(seed)
    return [ids.next(app_key, kind) for _ in range(count)]


def test_the_same_seed_gives_the_same_ids_and_another_seed_others() -> None:
    assert drawn(7, "a", "call") == drawn(7, "a", "call")
    assert not set(drawn(7, "a", "call")) & set(drawn(8, "a", "call"))


def test_streams_are_independent_of_each_other() -> None:
    ids, alone = Ids(7), drawn(7, "a", "call")
    mixed = []
    for _ in alone:
        ids.next("b", "call")
        mixed.append(ids.next("a", "call"))
        ids.next("a", "icid")
    assert mixed == alone


def test_no_id_comes_twice_even_over_a_restart() -> None:
    ids = Ids(7)
    before = {ids.next("a", "call") for _ in range(20)}
    after = Ids(7, ids.counters)
    assert len(before | {after.next("a", "call") for _ in range(20)}) == 40


@pytest.mark.parametrize("bits", drawn(3, "a", "shape", 20))
def test_ids_have_the_shapes_of_the_platform(bits: int) -> None:
    host = "callenabler246.huaweicaas.com"
    uuid4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(uuid4, uuid_text(bits))
    session = classic_session_id(bits, AT, host)
    assert re.fullmatch(rf"120[0-3]_\d{{4}}_4294967295_20190124023003@{re.escape(host)}", session)
    assert re.fullmatch(r"\+861_\+862_4_5c4993ab_\d{6}_\d{1,3}_1_0", session_id_2022(bits, AT, ("+861", "+862")))
    assert re.fullmatch(r"[0-9a-f]{32}\.3757285803\.\d{9}\.\d{1,2}", icid(bits, AT))
    assert re.fullmatch(r"190124023003\d{11}\.wav", recording_name(bits, AT))


def test_the_seconds_in_ids_are_those_of_the_contracts_samples() -> None:
    assert icid(0, AT).split(".")[1] == "3757285803"
    observed = datetime(2022, 5, 13, 5, 24, 47, tzinfo=UTC)
    assert "_4_627e5c1f_" in session_id_2022(0, observed, ("+861", "+862"))
