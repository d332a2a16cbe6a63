"""What the wire says when a command or request is refused: HTTP status, result code and sentence.

Which code a reason of the core has is a row of schemas/codes/refusals.json; the code's status and sentence are a row of
result_codes.json (ax_axb.md 0.1 and 0.2, recording_auth_codes.md 2.4 and 3).
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import orjson

from simulator.contract.bodies import UnreadableBody
from simulator.contract.codes import refusal_row, result_code
from simulator.contract.encoding import encoded
from simulator.contract.fields import fields
from simulator.contract.operations import Operation
from simulator.contract.profile import Profile
from simulator.contract.responses.common import WireAnswer
from simulator.contract.schemas import known
from simulator.telephony.errors import Reason, Refused

INVALID_REQUEST = "1010002"
FORBIDDEN = 403
"""The status of every refused command (ax_axb.md 0.1)."""

INVALID_DIGEST = 401
"""The status that tells 1010010 `Invalid digest.` from 1010010 flow control."""

LONGEST_SENTENCE = 256
SENTENCES = {
    "1011001": "ax_unknown_x_text",
    "1011002": "ax_no_number_text",
    "1011005": "ax_x_taken_text",
    "1012010": "number_bound_text",
    "1012102": "number_state_text",
    "1023031": "created_format_text",
}
"""Result codes whose sentence is a setting of the profile."""

STATUSES = {"1020001": "terminate_parameter_error_status"}
"""Result codes whose HTTP status is a setting of the profile."""

SENTENCES_BY_MODE = {("AXB", "1013102"): "axb_1013102_text", ("AXYB", "1013102"): "axb_1013102_text"}
"""The same for codes that say something else in one mode."""


def refusal(code: str, profile: Profile, status: int | None = None) -> WireAnswer:
    """The answer of a result code; `status` is needed only for 1010010. Raises UnknownCodeError."""
    setting = SENTENCES.get(code)
    return spoken(code, getattr(profile, setting), status) if setting else fixed(code, status)


def answer(refused: Refused, profile: Profile, operation: Operation, mode: str) -> WireAnswer:
    """The answer to an application of `mode` whose command was refused."""
    code = code_of(refused, profile, operation, mode)
    if code == INVALID_REQUEST:
        return spoken(code, f"{result_code(code).text}{suffix(refused, profile, operation)}", FORBIDDEN)
    if code in STATUSES:
        return replace(refusal(code, profile), status=getattr(profile, STATUSES[code]))
    setting = SENTENCES_BY_MODE.get((mode, code))
    return spoken(code, getattr(profile, setting), FORBIDDEN) if setting else refusal(code, profile, FORBIDDEN)


def fitting(answer: WireAnswer, operation: Operation) -> WireAnswer:
    """The answer with its sentence cut where the operation's answers are shorter than others (axe_axyb_x.md 5)."""
    longest = longest_sentence(operation.answer)
    if longest >= LONGEST_SENTENCE or len(answer.body) <= longest:
        return answer
    members = orjson.loads(answer.body)
    return replace(answer, body=sentence(members["resultcode"], members["resultdesc"][:longest]))


@cache
def longest_sentence(answer: str) -> int:
    """How many characters resultdesc may have in an operation's answers."""
    rule = known(answer)["properties"].get("resultdesc", {})
    return int(rule.get("maxLength", LONGEST_SENTENCE))


def code_of(refused: Refused, profile: Profile, operation: Operation, mode: str) -> str:
    """The result code of a refused command."""
    if isinstance(refused, UnreadableBody):
        return profile.invalid_json_code
    row = refusal_row(refused.reason.value, mode, operation.operation)
    return str(row.code if row.setting is None else getattr(profile, row.setting))


def suffix(refused: Refused, profile: Profile, operation: Operation) -> str:
    """What 1010002 adds to its sentence, glued on without a blank as in the documents' sample."""
    if refused.reason is Reason.VOICE_FILE_MISSING:
        return profile.voice_file_missing.replace("{file}", refused.detail)
    if refused.reason in (Reason.SAME_PARTIES, Reason.WRONG_VALUE):
        return profile.invalid_request_invalid.replace("{name}", wire_name(refused.detail, operation))
    if refused.reason is Reason.IDENTIFICATION_INCOMPLETE:
        return profile.invalid_request_missing.replace("{name}", wire_name(refused.detail or "x_number", operation))
    return refused.detail


def wire_name(core: str, operation: Operation) -> str:
    """What an operation calls a core word on the wire, the word itself when it has no name for it."""
    return wire_names(operation.request).get(core, core)


@cache
def wire_names(request: str) -> Mapping[str, str]:
    """The wire's names of the core's words, from a request schema."""
    return {field.core: field.wire for field in fields(request)}


@cache
def fixed(code: str, status: int | None = None) -> WireAnswer:
    """The answer of a code whose sentence never changes, made once."""
    row = result_code(code, status)
    return WireAnswer(row.http_status or FORBIDDEN, code, sentence(code, row.text))


def spoken(code: str, text: str, status: int | None = None) -> WireAnswer:
    """The answer of a code with this sentence, cut at the 256 characters of resultdesc."""
    found = result_code(code, status).http_status or FORBIDDEN
    return WireAnswer(found, code, sentence(code, text[:LONGEST_SENTENCE]))


def sentence(code: str, text: str) -> bytes:
    """The two members of every refusal."""
    return encoded({"resultcode": code, "resultdesc": text})
