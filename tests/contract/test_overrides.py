"""`path=value`: where a path leads, what a value becomes, and the sentences for paths that lead nowhere."""

from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.contract.overrides import OverrideError, overridden, places, words
from simulator.contract.profile import Profile
from simulator.contract.samples import Whose, Wish, sample
from simulator.contract.schemas import load, names
from simulator.telephony.ids import Ids

DISCONNECT, FEE = "notifications/axb/disconnect", "notifications/axb/fee"


def body(event: str, count: int = 1) -> dict[str, Any]:
    whose = Whose("axb-demo", "AXB", Profile.default())
    return sample(event, whose, datetime(2026, 1, 1, tzinfo=UTC), Ids(7), Wish(None, count))


def info(*settings: str) -> dict[str, Any]:
    return overridden(body("disconnect"), settings, DISCONNECT)["statusInfo"]


def records(*settings: str, count: int = 3) -> list[dict[str, Any]]:
    return overridden(body("fee", count), settings, FEE)["feeLst"]


@pytest.mark.parametrize("path", ["statusInfo.stateCode", "stateCode", "state_code", "cause", "statusInfo.state_code"])
def test_a_member_is_named_from_the_root_from_its_end_in_snake_case_or_by_its_word(path: str) -> None:
    assert info(f"{path}=8102")["stateCode"] == 8102


def test_a_list_is_gone_through_by_index_or_as_a_whole() -> None:
    assert [one["callerNum"] for one in records("caller=+861")] == ["+861"] * 3
    for path in ("feeLst.1.callerNum", "feeLst[1].callerNum", "1.caller_num"):
        assert [one["callerNum"] == "+861" for one in records(f"{path}=+861")] == [False, True, False]


def test_a_member_that_was_not_there_stands_where_the_samples_have_it() -> None:
    (record,) = records("areaCode=0755", "userData=mine", "failTime=2026-01-01 00:00:00", count=1)
    order = list(load(FEE)["properties"]["feeLst"]["items"]["properties"])
    assert list(record) == [name for name in order if name in record]
    assert (record["areaCode"], record["userData"]) == ("0755", "mine")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("caller=13800000021", "13800000021"),
        ("caller=+8613800000021", "+8613800000021"),
        ('caller="+8613800000021"', "+8613800000021"),
        ("stateCode=8102", 8102),
        ("stateCode=8102.5", 8102.5),
        ("stateCode=busy", "busy"),
        ("stateCode=007", "007"),
        ("userData=a=b", "a=b"),
        ("userData=", ""),
        ("userData=null", None),
        ("userData=true", "true"),
        ('userData={"a":1}', '{"a":1}'),
        ("userData=\x1b[31m中文", "\x1b[31m中文"),
        ("userData=" + "[" * 5000, "[" * 5000),
    ],
)
def test_a_value_is_json_where_it_is_some_and_text_where_text_belongs(setting: str, value: object) -> None:
    path = setting.partition("=")[0]
    assert info(setting)[path] == value


def test_the_last_of_two_settings_holds_and_an_object_may_be_set_whole() -> None:
    assert info("stateCode=1", "cause=2")["stateCode"] == 2
    assert overridden(body("disconnect"), ['statusInfo={"a":1}'], DISCONNECT)["statusInfo"] == {"a": 1}


@pytest.mark.parametrize(
    ("event", "settings", "sentence"),
    [
        ("disconnect", ["statCode=1"], ("'statCode' leads nowhere in notifications/axb/disconnect; "
         "did you mean statusInfo.stateCode?")),
        ("disconnect", ["statusinfo.statecode=1"], "did you mean statusInfo.stateCode?"),
        ("disconnect", ["cuase=1"], "did you mean statusInfo.stateCode?"),
        ("disconnect", ["zzz=1"], "'zzz' leads nowhere in notifications/axb/disconnect; the nearest is "),
        ("disconnect", ["stateCode"], "'stateCode' is not path=value, such as statusInfo.userData=…"),
        ("disconnect", ["=8102"], "'=8102' is not path=value"),
        ("disconnect", ["..=1"], "'..' leads nowhere"),
        ("disconnect", ["stateCode.0=1"], "'stateCode.0' leads nowhere"),
        ("disconnect", ["x" * 9999 + "=1"], f"'{'x' * 80}…' leads nowhere"),
        ("disconnect", ["userData=\udcff"], "the value of 'userData' is no UTF-8 text"),
        ("disconnect", ["\x1b[2J=1"], r"'\x1b[2J' leads nowhere"),
        ("fee", ["feeLst.3.callerNum=x"], "feeLst.callerNum has 1 in its list here, counted from 0; there is no 3"),
        ("fee", [f"feeLst.{'9' * 5000}.callerNum=x"], "leads nowhere"),
        ("fee", ["feeLst=[5]", "callerNum=x"], "feeLst.callerNum goes through '5', which is no object"),
        ("fee", ["feeLst=5", "callerNum=x"], "feeLst.callerNum goes through a list that is not there"),
        ("disconnect", ["statusInfo=5", "stateCode=1"], "statusInfo.stateCode goes through '5', which is no object"),
    ],
)  # fmt: skip
def test_a_setting_that_leads_nowhere_is_refused_with_the_nearest(
    event: str, settings: list[str], sentence: str
) -> None:
    with pytest.raises(OverrideError) as refused:
        overridden(body(event), settings, f"notifications/axb/{event}")
    assert sentence in str(refused.value)


@pytest.mark.parametrize("schema", sorted(name for name in names() if name.startswith("notifications/")))
def test_every_member_of_every_notification_can_be_set_by_the_path_that_is_listed(schema: str) -> None:
    listed = [place.path for place in places(schema)]
    assert len(set(listed)) == len(listed)
    for path in (place.path for place in places(schema) if place.is_leaf):
        example = overridden(load(schema)["examples"][0], [f"{path}=x"], schema)
        assert "'x'" in str(example)
    assert set(words(schema).values()) <= set(listed)


def test_a_name_that_stands_in_two_places_must_be_written_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.contract import overrides

    rule = {"properties": {"a": {"properties": {"n": {}}}, "b": {"properties": {"n": {}}}, "n": {}}}
    monkeypatch.setattr(overrides, "places", lambda _: tuple(overrides._walk(rule, ())))
    with pytest.raises(OverrideError, match=r"'b.c.n' leads nowhere"):
        overridden({}, ["b.c.n=1"], "s")
    assert overridden({}, ["n=1", "b.n=2"], "s") == {"n": 1, "b": {"n": 2}}
    rule["properties"].pop("n")
    with pytest.raises(OverrideError, match=r"'n' may be a\.n or b\.n; write one of them"):
        overridden({}, ["n=1"], "s")
