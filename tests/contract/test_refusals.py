"""Refusals: every reason of the core has an answer, and every answer obeys its schema."""

import orjson
import pytest

from simulator.contract import refusals
from simulator.contract.codes import result_codes
from simulator.contract.operations import operations_of
from simulator.contract.profile import Profile
from simulator.contract.schemas import validator
from simulator.telephony.errors import Reason, Refused

PROFILE = Profile.default()
BIND = operations_of("AXB")["bind"]

EXPECTED = {
    Reason.X_NOT_OURS: ("1012001", "Resource of number is not to be applied."),
    Reason.NO_SUCH_BINDING: ("1012007", "The record does not exist."),
    Reason.NO_NUMBER_AVAILABLE: ("1012008", "Insufficient number of resources."),
    Reason.X_IS_FULL: ("1012009", "Maximum number of resources has been exceeded"),
    Reason.NUMBER_ALREADY_BOUND: ("1012010", "The relation number has been bound."),
    Reason.RECORDING_NOT_ENABLED: ("1012012", "Application does not open recording function."),
    Reason.SAME_PARTIES: ("1010002", "Invalid request.calleeNum is invalid."),
    Reason.IDENTIFICATION_INCOMPLETE: ("1012001", "Resource of number is not to be applied."),
    Reason.NUMBER_STATE_ABNORMAL: ("1012102", "The number status is abnormal."),
    Reason.NO_SUCH_RECORDING: ("1012007", "The record does not exist."),
    Reason.INVALID_PARAMETER: ("1010002", "Invalid request.callee"),
    Reason.VOICE_FILE_MISSING: ("1010002", "Invalid request.callee does not exist."),
}


@pytest.mark.parametrize("reason", EXPECTED)
def test_every_reason_has_its_answer(reason: Reason) -> None:
    answer = refusals.answer(Refused(reason, "why", detail="callee"), PROFILE, BIND, "AXB")
    members = orjson.loads(answer.body)
    assert (answer.status, answer.result_code) == (403, members["resultcode"])
    assert (members["resultcode"], members["resultdesc"]) == EXPECTED[reason]
    assert validator("api/refusal").violations(members) == []
    assert list(members) == ["resultcode", "resultdesc"]


@pytest.mark.parametrize(
    "row", [row for row in result_codes() if row.http_status], ids=lambda row: f"{row.http_status}-{row.code}"
)
def test_every_code_of_the_platform_can_be_answered(row: object) -> None:
    assert hasattr(row, "code")
    answer = refusals.refusal(row.code, PROFILE, row.http_status)  # type: ignore[attr-defined]
    assert (answer.status, answer.result_code) == (row.http_status, row.code)  # type: ignore[attr-defined]


def test_1010010_is_told_apart_by_its_status() -> None:
    texts = {
        status: orjson.loads(refusals.refusal("1010010", PROFILE, status).body)["resultdesc"] for status in (401, 403)
    }
    assert texts == {401: "Invalid digest.", 403: "The flow control upper limit is reached on the platform."}


def test_a_fixed_answer_is_made_once() -> None:
    assert refusals.refusal("1012007", PROFILE) is refusals.refusal("1012007", PROFILE)


def test_a_long_detail_is_cut_at_the_256_characters_of_resultdesc() -> None:
    answer = refusals.answer(Refused(Reason.INVALID_PARAMETER, "why", detail="x" * 400), PROFILE, BIND, "AXB")
    assert len(orjson.loads(answer.body)["resultdesc"]) == 256


def test_braces_in_a_file_name_are_only_text() -> None:
    answer = refusals.answer(Refused(Reason.VOICE_FILE_MISSING, "why", detail="{file}{x}.wav"), PROFILE, BIND, "AXB")
    assert orjson.loads(answer.body)["resultdesc"] == "Invalid request.{file}{x}.wav does not exist."
