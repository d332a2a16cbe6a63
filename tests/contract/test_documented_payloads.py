"""Every payload of notifications.md that was documented or observed: valid by our schemas, and made by our own code.

Masked digits are filled in, `…` stands for the session id of the sample above it, other masks stay: `****` is a text like
any other. "Made" means: given the same ids, times and numbers, the same members in the same order with the same values.
A payload whose schema or code is not in this version is skipped, by name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import jsonschema
import orjson
import pytest

from simulator.contract import decisions, messages, sms_decisions
from simulator.contract import notifications as wire
from simulator.contract import number_status as status
from simulator.contract.encoding import encoded
from simulator.contract.network import call_tables
from simulator.contract.profile import Profile
from simulator.contract.schemas import load, validator
from simulator.emitter.signing import Signer
from simulator.exchange.apps import App, AppSpec
from simulator.outbound.request import render_request
from simulator.outbound.target import parse_target
from simulator.telephony.calls import Call
from simulator.telephony.cdr import cdr
from simulator.telephony.events import CallEvent, CallEventKind
from simulator.telephony.ids import session_id_2022
from simulator.telephony.messages import SendResult, SmsDirection
from simulator.telephony.numbering import NumberState, XNumber
from simulator.telephony.recordings import Recording
from simulator.telephony.routing import CallDirection, Route

K = CallEventKind
HOST = "callenabler246.huaweicaas.com"
AX_SESSION = f"1200_1827_4294967295_20190124023003@{HOST}"
AXB_SESSION = f"1200_1029_4294967295_20190123091514@{HOST}"
AXE_SESSION = f"1202_1051_4294967295_20190124070250@{HOST}"
AXE_CDR_SESSION = f"1202_1051_4294967295_20190124033310@{HOST}"
AFTER_A_COMMA = re.compile(r',\s+(?=["{])')
MASKED = re.compile(r"(\+86\d{3})\*{4}(\d{4})")
PROFILE = replace(Profile.default(), sp_id="****")


class Payload(NamedTuple):
    """A payload as the page prints it, the schema it belongs to, and how we come to write it."""

    schema: str
    printed: str
    made: Callable[[], bytes]


def filled(printed: str) -> str:
    """Masked numbers with digits."""
    return MASKED.sub(r"\g<1>0000\2", printed)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


CALLER, X, CALLEE = "+8613800000021", "+8613800000022", "+8613800007021"
ALONG = Route(CallDirection.CALLER_TO_CALLEE, CALLEE, None, "****")
EVENTS = (K.DIALLED, K.FORWARDED, K.ALERTED, K.ANSWERED, K.RELEASED)


def call(session: str, route: Route, times: str, *, icid: str = "", cause: int = 0, **parties: str) -> Call:
    """A call with these instants, one an event: the day once, then the time of each, `-` where it never came."""
    day, *clock = times.split()
    made = Call("call-1", session, icid, parties.get("app_key", "****"), parties.get("caller", CALLER), X, route)
    for kind, time in zip(EVENTS, clock, strict=False):
        if time != "-":
            release = call_tables().releases[cause] if kind is K.RELEASED else None
            made.apply(CallEvent(kind, at(f"{day} {time}"), release))
    return made


def last_event(mode: str, session: str, route: Route, times: str, **parties: str) -> Callable[[], bytes]:
    def made() -> bytes:
        so_far = call(session, route, times, **parties)
        return encoded(wire.call_event(so_far, so_far.events[-1], PROFILE, mode))

    return made


def collected() -> bytes:
    made = call(AXE_SESSION, ALONG, "2019-01-24 07:02:50")
    made.apply(CallEvent(K.COLLECTED, at("2019-01-24 07:03:00"), digits="0001"))
    return encoded(wire.call_event(made, made.events[-1], PROFILE, "AXE"))


def recorded(started: str) -> Recording:
    return Recording("****.wav", "****.com", "****", "****", "call-1", at(started), 60, "token")


def fee(mode: str, made: Call, recording: Recording | None = None, profile: Profile = PROFILE) -> bytes:
    return wire.fee_body([encoded(wire.fee(cdr(made, recording), profile, mode))])


# --- 2.4 and 2.5: call events (AX; AXE where it says so) ---

DISCONNECT_AX = (
    '{"eventType":"disconnect","statusInfo":{"sessionId":"1200_1827_4294967295_20190124023003@callenabler246.huaweicaas.'
    'com","timestamp":"2019-01-24 02:30:22","caller":"+86138****0022","called":"+86138****7021","stateCode":0,"stateDesc":'
    '"The user releases the call.","subscriptionId":"****"}}'
)
DISCONNECT_AXE = (
    '{"eventType":"disconnect","statusInfo":{"sessionId":"1202_1051_4294967295_20190124070250@callenabler246.huaweicaas.'
    'com","timestamp":"2019-01-24 07:03:28","caller":"+86138****0022","called":"+86138****7021","stateCode":0,"stateDesc":'
    '"The user releases the call.","subscriptionId":"********"}}'
)
CALLIN_AX = (
    '{"eventType":"callin","statusInfo":{"sessionId":"1200_1827_4294967295_20190124023003@callenabler246.huaweicaas.com"'
    ',"timestamp":"2019-01-24 02:30:03","caller":"+86138****0021","called":"+86138****0022","subscriptionId":"****"}}'
)
LATER_AX = (
    '{{"eventType":"{}","statusInfo":{{"sessionId":"1200_1827_4294967295_20190124023003@callenabler246.huaweicaas.com",'
    '"timestamp":"{}","caller":"+86138****0022","called":"+86138****7021","subscriptionId":"****"}}}}'
)
COLLECT_INFO = (
    '{"eventType":"collectInfo","statusInfo":{"sessionId":"1202_1051_4294967295_20190124070250@callenabler246.huaweicaas'
    '.com","timestamp":"2019-01-24 07:03:00","digitInfo":"0001"}}'
)
EVENT_PAYLOADS = {
    "2.4 AX disconnect": Payload(
        "notifications/ax/disconnect",
        DISCONNECT_AX,
        last_event("AX", AX_SESSION, ALONG, "2019-01-24 02:30:03 02:30:03 02:30:04 02:30:06 02:30:22"),
    ),
    "2.4 AXE disconnect": Payload(
        "notifications/axe/disconnect",
        DISCONNECT_AXE,
        last_event(
            "AXE",
            AXE_SESSION,
            replace(ALONG, subscription_id="********"),
            "2019-01-24 07:02:50 07:03:02 07:03:05 07:03:10 07:03:28",
        ),
    ),
    "2.5 AX callin": Payload(
        "notifications/ax/callin", CALLIN_AX, last_event("AX", AX_SESSION, ALONG, "2019-01-24 02:30:03")
    ),
    "2.5 AX callout": Payload(
        "notifications/ax/callout",
        LATER_AX.format("callout", "2019-01-24 02:30:03"),
        last_event("AX", AX_SESSION, ALONG, "2019-01-24 02:30:03 02:30:03"),
    ),
    "2.5 AX alerting": Payload(
        "notifications/ax/alerting",
        LATER_AX.format("alerting", "2019-01-24 02:30:04"),
        last_event("AX", AX_SESSION, ALONG, "2019-01-24 02:30:03 02:30:03 02:30:04"),
    ),
    "2.5 AX answer": Payload(
        "notifications/ax/answer",
        LATER_AX.format("answer", "2019-01-24 02:30:06"),
        last_event("AX", AX_SESSION, ALONG, "2019-01-24 02:30:03 02:30:03 02:30:04 02:30:06"),
    ),
    "2.5 AXE collectInfo": Payload("notifications/axe/collectInfo", COLLECT_INFO, collected),
}

# --- 2.7: the two decisions on a call to X ---

CONNECT = (
    '{"operation":"connect","connectInfo":{"displayCalleeNum":"+86138****0001","calleeNum":"+86138****0002","maxDuration":'
    '60,"waitVoice":"waitVoice001.wav","recordFlag":"true","recordHintTone":"recordHintTone001.wav","lastMinVoice":'
    '"lastMinVoice001.wav","userData":"userflag001"}}'
)
CLOSE = '{"operation":"close","closeInfo":{"closeHintTone":"closeHintTone001.wav","userData":"userflag001"}}'
TO_CONNECT = {
    "operation": "connect", "display": "+8613800000001", "callee": "+8613800000002", "max_minutes": 60,
    "caller_tone": "waitVoice001.wav", "record": True, "record_tone": "recordHintTone001.wav",
    "last_minute_tone": "lastMinVoice001.wav", "user_data": "userflag001",
}  # fmt: skip
TO_CLOSE = {"operation": "close", "close_tone": "closeHintTone001.wav", "user_data": "userflag001"}
DECISION_PAYLOADS = {
    "2.7 connect": Payload("decisions/callin", CONNECT, lambda: decisions.written(TO_CONNECT)),
    "2.7 close": Payload("decisions/callin", CLOSE, lambda: decisions.written(TO_CLOSE)),
}

# --- 3.2: CDRs ---

CDR = (
    '{{"eventType":"fee","feeLst":[{{"direction":{direction},"spId":"****","appKey":"{app_key}","icid":"{icid}","bindNum":'
    '"{x}","sessionId":"{session}","subscriptionId":"****",{extension}"callerNum":"{caller}","calleeNum":"{x}",'
    '"fwdDisplayNum":"{x}","fwdDstNum":"{callee}","callInTime":"{day} {dialled}","fwdStartTime":"{day} {forwarded}",'
    '"fwdAlertingTime":"{day} {alerted}",{answered}"callEndTime":"{day} {ended}","fwdUnaswRsn":{q850},{failed}'
    '"ulFailReason":{point},"sipStatusCode":{sip},"callOutUnaswRsn":0,"recordFlag":{recorded},{recording}"ttsPlayTimes":0,'
    '"ttsTransDuration":0,"mptyId":"****","serviceType":"{service}","hostName":"callenabler246.huaweicaas.com"{more}}}]}}'
)
RECORDING = '"recordStartTime":"{}","recordDomain":"****.com","recordBucketName":"****","recordObjectName":"****.wav",'
SAMPLE = {
    "direction": 1, "app_key": "****", "extension": "", "x": "+86138****0022", "caller": "+86138****0021",
    "callee": "+86138****7021", "q850": 0, "failed": "", "point": 0, "sip": 0, "recorded": 1, "more": "",
}  # fmt: skip


def printed_cdr(times: str, **members: object) -> str:
    """A CDR as the samples of 3.2 print it, `times` as for `call`."""
    day, dialled, forwarded, alerted, answered, ended = times.split()
    clock = {"day": day, "dialled": dialled, "forwarded": forwarded, "alerted": alerted, "ended": ended}
    connected = "" if answered == "-" else f'"fwdAnswerTime":"{day} {answered}",'
    return CDR.format(**{**SAMPLE, **clock, "answered": connected, **members})


AX_TIMES = "2019-01-24 02:30:03 02:30:03 02:30:04 02:30:06 02:30:22"
AX_ICID = "ba171f34e6953fcd751edc77127748f4.3757285803.338666679.5"
AXB_TIMES = "2019-01-23 09:15:14 09:15:15 09:15:21 09:15:36 09:16:41"
AXB_ICID = "ba171f34e6953fcd751edc77127748f4.3757223714.337238282.9"
TIMES_2022 = "2022-05-13 05:24:57 05:24:58 05:25:02 05:25:18 05:25:41"
ICID_2022 = "c08dd88381a6deaa14e1c26e89e19b16.3861408249.24986516.29"
SESSION_2022 = "+86134****7762_+86150****2131_4_627e5c1f_963036_669_1_0"
AXE_TIMES = "2019-01-24 03:33:10 03:33:18 03:33:22 03:33:28 03:33:45"
AXE_ICID = "ba171f34e6953fcd751edc77127748f4.3757289590.338833305.5"
FAILED_TIMES = "2019-01-24 02:30:03 02:30:03 02:30:04 - 02:30:22"
KEYED = Route(CallDirection.CALLEE_TO_CALLER, CALLER, None, "****", extension="1234")

FEE_PAYLOADS = {
    "3.2 AX CDR": Payload(
        "notifications/ax/fee",
        printed_cdr(
            AX_TIMES, icid=AX_ICID, session=AX_SESSION, recording=RECORDING.format("2019-01-24 02:30:06"), service="003"
        ),
        lambda: fee("AX", call(AX_SESSION, ALONG, AX_TIMES, icid=AX_ICID), recorded("2019-01-24 02:30:06")),
    ),
    "3.2 AXB CDR": Payload(
        "notifications/axb/fee",
        printed_cdr(
            AXB_TIMES, app_key="********", icid=AXB_ICID, session=AXB_SESSION,
            recording=RECORDING.format("2019-01-23 09:15:37"), service="004",
        ),
        lambda: fee(
            "AXB",
            call(AXB_SESSION, ALONG, AXB_TIMES, icid=AXB_ICID, app_key="********"),
            recorded("2019-01-23 09:15:37"),
        ),
    ),
    "3.2 AXB CDR of 2022": Payload(
        "notifications/axb/fee",
        printed_cdr(
            TIMES_2022, icid=ICID_2022, session=SESSION_2022, caller="+86150****2131",
            recording=RECORDING.format("2022-05-13 05:25:18"), service="004", more=',"voiceCheckType":0',
        ),
        lambda: fee(
            "AXB",
            call(filled(SESSION_2022), ALONG, TIMES_2022, icid=ICID_2022, caller="+8615000002131"),
            recorded("2022-05-13 05:25:18"),
            replace(PROFILE, voice_check_type=0),
        ),
    ),
    "3.2 AXE CDR, composed": Payload(
        "notifications/axe/fee",
        printed_cdr(
            AXE_TIMES, direction=0, app_key="********", icid=AXE_ICID, session=AXE_CDR_SESSION,
            extension='"extendNum":"1234",', caller="+86138****7021", callee="+86138****0021",
            recording=RECORDING.format("2019-01-24 03:33:28"), service="005",
        ),
        lambda: fee(
            "AXE",
            call(AXE_CDR_SESSION, KEYED, AXE_TIMES, icid=AXE_ICID, app_key="********", caller=CALLEE),
            recorded("2019-01-24 03:33:28"),
        ),
    ),
    "3.2 AX CDR of a failed call": Payload(
        "notifications/ax/fee",
        printed_cdr(
            FAILED_TIMES, icid=AX_ICID, session=AX_SESSION, q850=17, failed='"failTime":"2019-01-24 02:30:22",',
            point=8102, sip=486, recorded=0, recording="", service="003",
        ),
        lambda: fee("AX", call(AX_SESSION, ALONG, FAILED_TIMES, icid=AX_ICID, cause=8102)),
    ),
}  # fmt: skip

# --- 4.4: SMS, and 5: X-number status ---

SMS = (
    '{{"appKey":"****","smsEvent":{{"smsIdentifier":"{}","notificationMode":"{}","calling":"+86138****0001",'
    '"virtualNumber":"+86138****0000","event":"TextSMS","timeStamp":"{}","extInfo":{{"extParas":[{{"key":"splitNum",'
    '"value":"{}"}},{{"key":"direction","value":"{}"}}]}},"sendResult":{}}}}}'
)
NOTIFY = SMS.format("********", "Notify", "2020-12-23T09:06:16.450Z", "0", "2", 2)
BLOCK = SMS.format("****", "Block", "2018-09-13T09:46:16.023Z", "2", "1", 0)
SMS_DECISION = (
    '{"actions":[{"operation":"vNumberRoute","message":{"called":"+86138****0002","calling":"+86138****0001"}}]}'
)
NUMBER_STATUS = '{"eventType":"numStatus", "numInfo":[{"number":"+86138****0001", "status":"10", "cause":"1"}]}'


def sms(kind: str, sms_id: str, moment: str, parts: int, direction: int, result: int) -> Callable[[], bytes]:
    def made() -> bytes:
        when = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        way, sent = SmsDirection(direction), SendResult(result)
        notice = messages.SmsNotice("****", sms_id, "+8613800000001", "+8613800000000", when, way, parts, sent)
        return encoded(messages.body(kind, notice, PROFILE, messages.Switches()))

    return made


def sms_decision() -> bytes:
    return sms_decisions.written("+8613800000002", None, orjson.loads(filled(BLOCK)))


def number_status() -> bytes:
    x_number = XNumber("+8613800000001", "0755", state=NumberState.RETURNED, cause=1)
    return status.message([encoded(status.number_status(x_number, PROFILE))])


SMS_PAYLOADS = {
    f"4.4 {kind} {mode}": Payload(f"notifications/{mode}/{kind}", printed, made)
    for kind, modes, printed, made in (
        ("sms", ("ax", "axb", "x"), NOTIFY, sms("sms", "********", "2020-12-23T09:06:16.450Z", 0, 2, 2)),
        ("sms_block", ("ax", "x"), BLOCK, sms("sms_block", "****", "2018-09-13T09:46:16.023Z", 2, 1, 0)),
    )
    for mode in modes
}
OTHER_PAYLOADS = {
    "4.4 decision on an SMS": Payload("decisions/sms_block", SMS_DECISION, sms_decision),
    **{
        f"5 X-number status {mode}": Payload(f"notifications/{mode}/numStatus", NUMBER_STATUS, number_status)
        for mode in ("ax", "axb", "axe", "axyb", "x")
    },
}
PAYLOADS = {**EVENT_PAYLOADS, **DECISION_PAYLOADS, **FEE_PAYLOADS, **SMS_PAYLOADS, **OTHER_PAYLOADS}


@pytest.fixture(params=PAYLOADS)
def payload(request: pytest.FixtureRequest) -> Payload:
    return PAYLOADS[request.param]


def test_a_payload_of_the_pages_is_valid_for_both_libraries(payload: Payload) -> None:
    body = orjson.loads(filled(payload.printed))
    assert not [error.message for error in jsonschema.Draft202012Validator(load(payload.schema)).iter_errors(body)]
    assert validator(payload.schema).is_valid(body)


def test_a_payload_of_the_pages_is_made_by_our_own_code_member_for_member(payload: Payload) -> None:
    made, printed = payload.made(), filled(payload.printed)
    assert list(members(orjson.loads(made))) == list(members(orjson.loads(printed)))
    assert made.decode() == AFTER_A_COMMA.sub(",", printed), "byte for byte but for blanks behind commas"


def members(value: object, above: str = "") -> Iterator[tuple[str, object]]:
    """Every member with its place, in the order it is written."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from members(inner, f"{above}/{key}")
    else:
        yield above, value


PRINTED_HEADERS = (
    ("content-type", "application/json;charset=UTF-8"),
    ("authorization", 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'),
    (
        "x-aksk",
        (
            'UsernameToken Username="************",PasswordDigest="*************",'
            'Nonce="ac1c911c4792492687f8f6b2264a491e",Created="2018-05-26T00:35:30Z"'
        ),
    ),
)
"""What stands above the samples of events, CDRs and SMS, then content-length (1.1, 2.4, 4.4)."""


def test_the_headers_of_the_pages_are_made_in_their_order_with_their_nonce_and_time() -> None:
    app = App(AppSpec("************", "secret", PROFILE))
    signer = Signer(lambda: at("2018-05-26 00:35:30"), lambda: "ac1c911c4792492687f8f6b2264a491e")
    headers, _ = signer.headers(app)
    masked = [(name, re.sub(r'Digest="[^"]*"', 'Digest="*************"', value)) for name, value in headers]
    assert tuple(masked) == PRINTED_HEADERS
    head = render_request("POST", parse_target("http://10.0.0.1/notify", declared=True), headers, b"{}").decode()
    lines = [line.partition(":")[0] for line in head.partition("\r\n\r\n")[0].split("\r\n")]
    assert lines == ["POST /notify HTTP/1.1", "Host", *(name for name, _ in PRINTED_HEADERS), "content-length"]


SISTERS_CDR = (
    '{"eventType":"fee","feeLst":[{"direction":0,"spId":"****","appKey":"****","icid":"CAE-20181018135430-12016920",'
    '"bindNum":"+8678880002657","sessionId":"1201_8658_4294967295_20181018055430@callenabler245.huaweicaas.com",'
    '"callerNum":"+8696520","calleeNum":"+86136****0340","fwdDisplayNum":"+8696520","fwdDstNum":"+86132****2595",'
    '"fwdStartTime":"2018-10-18 05:54:51","fwdAlertingTime":"2018-10-18 05:54:52","callEndTime":"2018-10-18 05:54:53",'
    '"fwdUnaswRsn":0,"failTime":"2018-10-18 05:54:53","ulFailReason":518,"sipStatusCode":480,"callOutStartTime":'
    '"2018-10-18 05:54:30","callOutAlertingTime":"2018-10-18 05:54:36","callOutAnswerTime":"2018-10-18 05:54:51",'
    '"callOutUnaswRsn":0,"recordFlag":0,"ttsPlayTimes":0,"ttsTransDuration":0,"serviceType":"002","hostName":'
    '"callenabler245.huaweicaas.com","userData":"****"}]}'
)
"""The failed call of VoiceCall in 3.2: another product on the same engine."""


@pytest.mark.parametrize("mode", ["AX", "AXB", "AXE", "AXYB", "X"])
def test_the_sister_products_cdr_is_told_apart(mode: str) -> None:
    said = "\n".join(wire.violations("fee", orjson.loads(filled(SISTERS_CDR)), mode))
    assert all(word in said for word in ("518", "callOutStartTime", "serviceType"))


def test_no_digit_of_the_pages_is_left_masked() -> None:
    assert not [name for name, one in PAYLOADS.items() if re.search(r"\+86\d*\*", filled(one.printed))]


def test_the_masked_number_status_has_the_printed_94_bytes() -> None:
    assert len(NUMBER_STATUS) == 94


def test_the_session_id_of_2022_is_one_that_we_make() -> None:
    bits = (669 << 32) + (863036 - (669 << 32)) % 900_000
    numbers = ("+8613400007762", "+8615000002131")
    assert session_id_2022(bits, at("2022-05-13 05:24:47"), numbers) == filled(SESSION_2022)


@pytest.mark.parametrize("shape", ["{}", "[{}]"])
def test_both_shapes_of_a_decision_mean_the_same(shape: str) -> None:
    connect = re.sub(
        r'"connectInfo":(\{.*\})\}$', lambda found: f'"connectInfo":{shape.format(found[1])}}}', filled(CONNECT)
    )
    decided = decisions.decision(connect.encode(), PROFILE)
    assert (decided.callee, decided.display, decided.max_minutes) == ("+8613800000002", "+8613800000001", 60)
