"""What is in the exchange, as JSON for a reader: the shapes of `simulator.client.shapes`."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import cast

import orjson

from simulator.client import shapes
from simulator.contract import refusals as contract_refusals
from simulator.contract.editions import profile_of
from simulator.contract.faults import as_written
from simulator.contract.profile import Profile
from simulator.delivery.attempt import Attempt
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.notification import Notification
from simulator.exchange.apps import App, EndedBinding, ProvokedRefusal
from simulator.exchange.calls import PLATFORM, PlayedCall
from simulator.exchange.exchange import Exchange
from simulator.exchange.faults import LivingRule
from simulator.exchange.rows import ended, instant
from simulator.exchange.story import Advanced, Story
from simulator.telephony.bindings.book import Binding
from simulator.telephony.cdr import Cdr
from simulator.telephony.events import CallEvent
from simulator.telephony.numbering import XNumber
from simulator.telephony.recordings import Recording
from simulator.telephony.voice_files import VoiceFile


def maybe(at: datetime | None) -> str | None:
    """An instant as text, if there is one."""
    return None if at is None else instant(at)


def clock(exchange: Exchange, story: Story) -> shapes.Clock:
    """The story's time."""
    now = instant(exchange.now())
    return {"now": now, "scale": exchange.clock.scale, "next_deadline_at": maybe(story.next_deadline_at())}


def advanced(result: Advanced) -> shapes.Advanced:
    """Where an advance got to."""
    fired: list[shapes.Fired] = [
        {"at": instant(one.at), "what": one.what, "detail": one.detail} for one in result.fired
    ]
    return {"now": instant(result.now), "reached": result.reached, "fired": fired, "more": result.more}


def app(one: App) -> shapes.App:
    """An application without its secret."""
    spec = one.spec
    shown: shapes.App = {
        "app_key": spec.app_key,
        "mode": spec.mode,
        "edition": spec.edition,
        "state": spec.state.value,
        "arrears": spec.arrears,
        "requests_per_minute": spec.requests_per_minute,
        "traffic_per_minute": spec.traffic_per_minute,
        "recording": spec.recording,
        "sms": spec.sms,
        "features": sorted(spec.features),
        "voice_files": sorted(name for name in one.voice_files if one.has_voice_file(name)),
        "receivers": {slot.value: url for slot, url in spec.receivers.items()},
        "allowed_ips": sorted(spec.allowed_ips),
        "profile": changed_settings(spec.profile, spec.edition),
        "numbers": len(one.pool),
        "bindings": len(one.bindings),
    }
    if spec.mode == "AXE":
        shown["extension_digits"] = spec.extension_digits
    return shown


def changed_settings(profile: Profile, edition: str) -> dict[str, object]:
    """The settings that differ from the defaults of the edition."""
    default = profile_of(edition)
    values = {setting.name: getattr(profile, setting.name) for setting in fields(profile)}
    return {name: value for name, value in values.items() if value != getattr(default, name)}


def number(one: XNumber, owner: App) -> shapes.Number:
    """An X number with how many pairs it carries."""
    pairs = owner.bindings.count_on(one.number)
    standing = {"state": one.state.value, "cause": one.cause}
    return cast("shapes.Number", {"number": one.number, "area_code": one.area_code, **standing, "pairs": pairs})


def voice_file(one: VoiceFile) -> shapes.VoiceFile:
    """A voice file with how far it has come."""
    return {"name": one.name, "state": one.state.value, "bytes": one.size_bytes}


def refusal(one: ProvokedRefusal, profile: Profile) -> shapes.Refusal:
    """A refusal that was ordered: what the next requests are answered, and how many of them."""
    sentence = orjson.loads(contract_refusals.refusal(one.code, profile, one.http_status).body)["resultdesc"]
    return {"code": one.code, "http_status": one.http_status, "sentence": sentence, "left": one.left}


def fault(one: LivingRule, owner: App) -> dict[str, object]:
    """A rule with every value that it takes, how many messages it has hit, and how many more it will."""
    return {"app_key": owner.app_key, **as_written(one.rule), "hits": one.hits, "left": one.left}


def binding(one: Binding) -> shapes.Binding:
    """A binding with every member, None where it was never set, instants as texts."""
    names = dict.fromkeys((*(member.name for member in fields(one)), "expires_at"))  # type: ignore[arg-type]  # every binding is a dataclass
    members = ((name, getattr(one, name)) for name in names)
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in members}


def ended_binding(one: EndedBinding) -> shapes.Binding:
    """A binding that is no more, with when and why."""
    return {**binding(one.binding), "ended_at": instant(one.at), "ended_by": one.why}


def call(played: PlayedCall, exchange: Exchange) -> shapes.Call:
    """A call with everything that came of it."""
    one = played.call
    return {
        "call_id": one.call_id,
        "session_id": one.session_id,
        "icid": one.icid,
        "app_key": one.app_key,
        "caller": one.caller,
        "dialled": one.x_number,
        "outcome": played.dial.outcome,
        "state": one.state.value,
        "ends_at": instant(played.ends_at),
        "subscription_id": one.route.subscription_id,
        "destination": one.route.destination,
        "direction": one.route.direction.value,
        "events": [_event(event) for event in one.events],
        "cdr": None if played.cdr is None else _cdr(played.cdr),
        "recording": None if played.recording is None else _recording(played.recording),
        "notifications": told_about(one.call_id, played.delivery_ids, exchange),
    }


def notification(one: Notification, delivery: Delivery) -> shapes.Notification:
    """A notification with all the attempts of its delivery; `body` is what it should be, whatever a fault let be sent."""
    shown: shapes.Notification = {
        "notification_id": one.notification_id,
        "delivery_id": delivery.delivery_id,
        "kind": one.kind,
        "app_key": one.app_key,
        "call_id": one.about_id if delivery.call_id else None,
        "message_id": one.about_id if delivery.message_id else None,
        "number": one.about_id if delivery.number else None,
        "url": delivery.url,
        "state": delivery.state.value,
        "redeliveries": delivery.redeliveries,
        "body": orjson.loads(delivery.body),
        "attempts": [_attempt(attempt) for attempt in delivery.attempts],
    }
    if delivery.fault is not None:
        shown["fault"] = delivery.fault.fault
    return shown


def _event(event: CallEvent) -> shapes.CallEvent:
    shown: shapes.CallEvent = {"event": event.kind.value, "at": instant(event.at)}
    if event.release is not None:
        shown["hangup_cause"] = event.release.cause
        shown["released_by"] = PLATFORM if event.by is None else event.by.value
    if event.digits is not None:
        shown["digits"] = event.digits
    return shown


def _cdr(one: Cdr) -> shapes.Cdr:
    return {
        "direction": one.direction.value,
        "caller": one.caller,
        "x_number": one.x_number,
        "destination": one.destination,
        "dialled_at": instant(one.dialled_at),
        "forwarded_at": maybe(one.forwarded_at),
        "alerted_at": maybe(one.alerted_at),
        "answered_at": maybe(one.answered_at),
        "released_at": instant(one.released_at),
        "failed_at": maybe(one.failed_at),
        "hangup_cause": one.release.cause,
        "disconnect_point": one.release.disconnect_point,
        "q850": one.release.q850,
        "sip_status": one.release.sip_status,
        "subscription_id": one.subscription_id,
        "user_data": one.user_data,
    }


def _recording(one: Recording) -> shapes.Recording:
    return {"file_name": one.name, "domain": one.domain, "seconds": one.seconds, "deleted_at": maybe(one.deleted_at)}


def told_about(about_id: str, delivery_ids: Sequence[str], exchange: Exchange) -> list[shapes.CallNotification]:
    """The notifications about a call or SMS, in the order in which they were queued, without those forgotten by now."""
    found = (exchange.delivery_of(delivery_id) for delivery_id in dict.fromkeys(delivery_ids) if delivery_id)
    return [
        _call_notification(one, delivery)
        for delivery in found
        if delivery is not None
        for one in delivery.notifications
        if one.about_id == about_id
    ]


def _call_notification(one: Notification, delivery: Delivery) -> shapes.CallNotification:
    verdicts = [attempt.verdict for attempt in delivery.attempts if attempt.verdict is not None]
    shown: shapes.CallNotification = {
        "notification_id": one.notification_id,
        "delivery_id": delivery.delivery_id,
        "kind": one.kind,
        "state": delivery.state.value,
        "attempts": len(delivery.attempts),
        "acknowledged": delivery.state is DeliveryState.ACKNOWLEDGED,
        "reason": verdicts[-1].reason if verdicts else "",
    }
    if delivery.fault is not None:
        shown["fault"] = delivery.fault.fault
    return shown


def _attempt(one: Attempt) -> shapes.Attempt:
    shown = {"acknowledged": False, "reason": "", "remark": "", "wall_seconds": None, **ended(one)}
    shown.pop("answer", None)
    times = {"number": one.number, "started_at": instant(one.started_at), "ended_at": maybe(one.ended_at)}
    return cast("shapes.Attempt", {**times, **shown})
