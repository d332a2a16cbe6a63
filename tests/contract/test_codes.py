"""The laws of the code tables: complete, unique, bilingual, and closed over one another."""

import pytest

from simulator.contract.codes import (
    UnknownCodeError,
    area_provinces,
    disconnect_points,
    hangup_causes,
    q850,
    refusals,
    releases,
    result_code,
    result_codes,
)
from simulator.contract.profile import settings

PROVENANCES = {"documented", "observed", "inferred", "sister"}


def test_the_tables_are_complete() -> None:
    tables = (result_codes(), hangup_causes(), disconnect_points(), q850())
    assert [len(table) for table in tables] == [68, 68, 77, 70]


def test_a_result_code_and_its_status_stand_in_one_row() -> None:
    keys = [(row.code, row.http_status) for row in result_codes()]
    assert len(set(keys)) == len(keys)
    assert [status for code, status in keys if code == "1010010"] == [401, 403]


def test_a_code_with_two_statuses_must_be_asked_for_with_one() -> None:
    assert result_code("1010010", 401).text == "Invalid digest."
    assert result_code("1010010", 403).text == "The flow control upper limit is reached on the platform."
    with pytest.raises(UnknownCodeError, match="1010010 has several rows: ask for it with its HTTP status, 401"):
        result_code("1010010")


def test_an_unknown_code_or_status_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownCodeError, match="no result code '10120011'; the nearest is '1012001'"):
        result_code("10120011")
    with pytest.raises(UnknownCodeError, match="1012007 has no row with HTTP status 400; it has 403"):
        result_code("1012007", 400)


def test_the_first_text_is_the_one_sent() -> None:
    assert all(row.text == row.texts[0] and row.text for row in result_codes())
    assert result_code("0").texts == ("Success", "Success.")
    assert result_code("1011005").texts == ("Resources have been allocated.", "Resource has been applied.")


def test_only_rows_of_the_sister_product_lack_a_status() -> None:
    assert all((row.http_status is None) == row.sister for row in result_codes())
    assert all((row.provenance == "sister") == row.sister for row in result_codes())


def test_every_row_has_both_languages_and_a_provenance() -> None:
    rows = [*hangup_causes().values(), *disconnect_points().values(), *q850().values(), *result_codes()]
    assert all(row.en and row.provenance in PROVENANCES for row in rows)
    assert [row.code for row in rows if not row.zh] == ["1010009"]  # the documents print no Chinese for it


def test_hangup_causes_fall_into_the_nine_categories() -> None:
    categories = {cause.category_en for cause in hangup_causes().values()}
    assert categories == {
        "none", "binding", "caller", "number", "callee", "tenant", "control", "platform", "network",
    }  # fmt: skip


def test_every_hangup_cause_has_its_release() -> None:
    assert list(releases()) == list(hangup_causes())


def test_a_release_names_known_codes_only() -> None:
    points = {row.disconnect_point for row in releases().values()}
    assert points - set(disconnect_points()) == {8139}
    assert {row.q850 for row in releases().values()} <= set(q850())


@pytest.mark.parametrize(
    ("cause", "belongs"),
    [
        (0, (0, 0, 0)), (8010, (8010, 0, 0)), (8014, (8014, 0, 0)), (8139, (8139, 0, 0)),
        (7501, (7501, 0, 487)), (7502, (7502, 0, 487)), (7503, (7503, 21, 603)), (7504, (7504, 21, 403)),
        (7506, (7506, 28, 484)), (8035, (8035, 18, 408)), (8100, (8100, 1, 404)), (8101, (8101, 19, 480)),
        (8102, (8102, 17, 486)), (8103, (8103, 20, 480)), (8104, (8104, 20, 480)), (8105, (8105, 27, 502)),
    ],
)  # fmt: skip
def test_what_belongs_together_stays_together(cause: int, belongs: tuple[int, int, int]) -> None:
    row = releases()[cause]
    assert (row.disconnect_point, row.q850, row.sip_status) == belongs


@pytest.mark.parametrize(
    ("stage", "causes"),
    [
        ("talking", {0, 8007, 8010, 8015, 8017, 8041}),
        ("ringing", {7502, 7503, 8035, 8101}),
        ("forwarded", {7501, 7504, 7506, 7508, 8100, 8102, 8103, 8104, 8105}),
    ],
)
def test_a_cause_releases_the_call_at_its_stage(stage: str, causes: set[int]) -> None:
    assert {cause for cause, row in releases().items() if row.stage == stage} == causes


def test_a_cause_of_no_later_stage_releases_the_call_on_arrival() -> None:
    assert {row.stage for row in releases().values()} == {"arrival", "forwarded", "ringing", "talking"}
    assert all(row.q850 == row.sip_status == 0 for row in releases().values() if row.stage in ("arrival", "talking"))


def test_only_the_answered_call_is_no_inference() -> None:
    assert [cause for cause, row in releases().items() if row.provenance == "documented"] == [0]
    assert all(row.why for row in releases().values())


def test_area_codes_have_their_zero_and_their_province() -> None:
    areas = area_provinces()
    assert {"010", "020", "021", "022", "023", "024", "025", "027", "028", "029"} <= set(areas)
    assert all(code.startswith("0") and code.isdigit() and 3 <= len(code) <= 4 for code in areas)
    assert areas["0755"] == areas["020"] == "广东"
    assert len(set(areas.values())) == 31


def test_every_refusal_has_a_code_or_the_setting_that_holds_it() -> None:
    built = {setting.name: setting.value for setting in settings() if setting.built}
    for row in refusals():
        assert (row.code is None) != (row.setting is None)
        code = row.code or built[str(row.setting)]
        assert result_code(code, row.http_status).text
        assert row.text_setting is None or row.text_setting in built


def test_a_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        hangup_causes()[1] = hangup_causes()[0]  # type: ignore[index] - what the law forbids
