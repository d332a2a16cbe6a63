"""What is pushed about SMS: Block, which asks what becomes of one, and Notify, which tells it (notifications.md 4).

The members stand in the order of the samples, then of the table.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from simulator.contract.profile import Profile
from simulator.contract.schemas import validator
from simulator.telephony.messages import SendResult, SmsDirection

NOTIFY, BLOCK = "sms", "sms_block"
"""The kinds of notifications about SMS, in pnsim's words."""
MODES = {NOTIFY: "Notify", BLOCK: "Block"}
LONGEST_CONTENT = 2000

Json = dict[str, object]


class Switches(NamedTuple):
    """What an application had support switch on."""

    content: bool = False
    area_code: bool = False


@dataclass(frozen=True, slots=True)
class SmsNotice:
    """What is told of one SMS; `destination` only once it was forwarded, `parts` as many as are told."""

    app_key: str
    sms_id: str
    sender: str
    x_number: str
    at: datetime
    direction: SmsDirection
    parts: int
    result: SendResult = SendResult.SENT
    destination: str | None = None
    subscription_id: str | None = None
    user_data: str | None = None
    text: str = ""
    area_code: str = ""


def body(kind: str, notice: SmsNotice, profile: Profile, switches: Switches) -> Json:
    """The body of one notification (notifications.md 4.1)."""
    event: Json = {"smsIdentifier": notice.sms_id, "notificationMode": MODES[kind], "calling": notice.sender}
    _put(event, "called", notice.destination)
    event |= {"virtualNumber": notice.x_number, "event": profile.sms_event, "timeStamp": iso_text(notice.at)}
    _put(event, "subscriptionId", notice.subscription_id)
    if switches.content and (kind == NOTIFY or profile.sms_content_in_block):
        _put(event, "smsContent", notice.text[:LONGEST_CONTENT] or None)
    paras = {"splitNum": notice.parts, "direction": notice.direction.value}
    event["extInfo"] = {"extParas": [{"key": key, "value": str(value)} for key, value in paras.items()]}
    event["sendResult"] = int(notice.result)
    _put(event, "areaCode", notice.area_code if switches.area_code else None)
    if kind == NOTIFY and profile.user_data_in_sms:
        _put(event, "userData", notice.user_data)
    return {"appKey": notice.app_key, "smsEvent": event}


def iso_text(at: datetime) -> str:
    """UTC with milliseconds and Z: the format of SMS notifications, and of nothing else."""
    return f"{at.isoformat(timespec='milliseconds')[:23]}Z"


def violations(kind: str, content: Json, mode: str) -> list[str]:
    """How a body breaks its schema; empty for one that may leave."""
    check = validator(f"notifications/{mode.lower()}/{kind}")
    return [] if check.is_valid(content) else check.violations(content)


def _put(event: Json, name: str, value: object) -> None:
    if value is not None:
        event[name] = value
