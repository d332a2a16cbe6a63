"""SMS that are played: each goes its way through X at once, or waits for the customer who is asked (notifications.md 4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from simulator.contract.network import sms_rules
from simulator.contract.number_states import number_states
from simulator.contract.send_results import send_results, send_results_of
from simulator.exchange.apps import App, AppState
from simulator.exchange.core import Core, UnknownNumber
from simulator.exchange.keeping import Kept
from simulator.exchange.rows import Noted
from simulator.telephony.commands.messages import SendSms
from simulator.telephony.errors import NotPossible
from simulator.telephony.ids import uuid_text
from simulator.telephony.messages import REACHING, SendResult, Sms, SmsRules, SmsWay, decided_way, unbound
from simulator.telephony.numbering import XNumber, as_seen_by_the_network
from simulator.telephony.splitting import parts

TEXT_SHOWN = 100
"""Characters of a text that its journal row has; the message itself has them all."""


class MessagingMode(Protocol):
    """One mode that has SMS."""

    def way(self, app: App, sms: Sms, at: datetime, rules: SmsRules) -> SmsWay:
        """Who gets an SMS, or that the customer is asked, or why nobody gets it. Changes nothing."""


@dataclass(slots=True, eq=False)
class PlayedMessage:
    """An SMS with what was asked for it and what came of it; `result` is None while the customer is asked."""

    message_id: str
    sms_id: str
    app_key: str
    wish: SendSms
    arrived_at: datetime
    way: SmsWay
    area_code: str
    asked: bool = False
    result: SendResult | None = None
    ended_at: datetime | None = None
    delivery_ids: list[str] = field(default_factory=list)
    number: int = 0
    """Which of everything that was made it is: at one instant too the later has the greater."""

    @property
    def waits(self) -> bool:
        """Whether nothing has become of it yet."""
        return self.result is None

    @property
    def parts(self) -> int:
        """How many SMS it is split into."""
        return len(parts(self.way.counted))

    @property
    def parts_sent(self) -> int:
        """How many of them were sent: none of a failed one, all but the last of one that was sent in part."""
        if self.result not in REACHING:
            return 0
        return self.parts - (self.result is SendResult.PARTLY_SENT)

    @property
    def destination(self) -> str | None:
        """Who has got it, once it was forwarded."""
        return self.way.destination if self.result in REACHING else None


class Messages:
    """Plays SMS and tells `on_asked` and `on_ended` of them; keeps those that wait and the last that ended."""

    def __init__(self, core: Core, modes: Mapping[str, MessagingMode], nobodys: Callable[[App, str], str]) -> None:
        self._core = core
        self._modes = modes
        self._nobodys = nobodys
        self.on_asked: Callable[[PlayedMessage], None] = lambda _: None
        self.on_unasked: Callable[[PlayedMessage], None] = lambda _: None
        """What becomes of an SMS that must be decided when there is nobody to ask."""
        self.on_ended: Callable[[PlayedMessage], None] = lambda _: None
        self._kept: Kept[PlayedMessage] = Kept(core.limits.messages_kept)

    def send(self, app: App, wish: SendSms) -> PlayedMessage:
        """An SMS reaches X; raises NotPossible or UnknownNumber, and then nothing happened."""
        at = self._core.now()
        mode = self._modes.get(app.mode)
        if mode is None:
            there = ", ".join(self._modes)
            raise NotPossible(
                f"{app.app_key} is of mode {app.mode}, which has no SMS; the modes that have are: {there}"
            )
        sms = Sms(as_seen_by_the_network(wish.sender), as_seen_by_the_network(wish.x_number), wish.text)
        x_number = app.pool.get(sms.x_number)
        if x_number is None:
            raise UnknownNumber(self._nobodys(app, sms.x_number))
        way = mode.way(app, sms, at, sms_rules(app.profile, barred(app, x_number)))
        if wish.send_result == SendResult.NO_BINDING and way.subscription_id is not None:
            way = unbound(way)
        played = self._made(app, replace(wish, sender=sms.sender, x_number=sms.x_number), at, way, x_number)
        _check_forced(app.mode, played)
        self._kept.add(played.message_id, played)
        self._note(played, at, event="arrived", sender=sms.sender, x_number=sms.x_number, text=sms.text[:TEXT_SHOWN])
        result = _at_once(played)
        if result is None:
            self._ask(played)
        else:
            self._end(played, result, at)
        return played

    def decided(self, played: PlayedMessage, decision: SmsWay, at: datetime) -> SendResult:
        """The customer decided about an SMS that waits, or did not: `decision` is its way now."""
        played.way = decision
        result = _result(played)
        self._end(played, result, at)
        return result

    def get(self, message_id: str) -> PlayedMessage | None:
        """An SMS that waits, or one of the last that ended."""
        return self._kept.get(message_id)

    def newest(self, app_key: str | None, limit: int) -> Sequence[PlayedMessage]:
        """SMS, those that wait first, the newest first."""
        return self._kept.newest(lambda played: app_key in (None, played.app_key), limit)

    def forget(self, app_key: str) -> None:
        """Forget the SMS of an application; those that wait end without a word."""
        for played in self._kept.newest(lambda played: played.app_key == app_key, len(self._kept)):
            self._kept.remove(played.message_id)

    def _made(self, app: App, wish: SendSms, at: datetime, way: SmsWay, x_number: XNumber) -> PlayedMessage:
        ids = self._core.ids
        message_id = ids.ordered(app.app_key, "message", "sms")
        sms_id = uuid_text(ids.next(app.app_key, "sms"))
        area_code, number = x_number.area_code, ids.number()
        return PlayedMessage(message_id, sms_id, app.app_key, wish, at, way, area_code, number=number)

    def _ask(self, played: PlayedMessage) -> None:
        played.asked = True
        self.on_asked(played)
        if not played.delivery_ids:
            self.on_unasked(played)

    def _end(self, played: PlayedMessage, result: SendResult, at: datetime) -> None:
        played.result, played.ended_at = result, at
        told = {"destination": played.destination, "parts": played.parts, "parts_sent": played.parts_sent}
        self._note(played, at, event="ended", send_result=int(result), **told)
        self._kept.finish(played.message_id)
        self.on_ended(played)

    def _note(self, played: PlayedMessage, at: datetime, **detail: object) -> None:
        shown = {name: value for name, value in detail.items() if value is not None}
        row = Noted(kind="message_event", at=at, app_key=played.app_key, message_id=played.message_id, detail=shown)
        self._core.journal.append(row)


def barred(app: App, x_number: XNumber) -> SendResult | None:
    """The result of every SMS to an X number in the state that it and its application are in (notifications.md 4.2)."""
    if app.state is AppState.FROZEN:
        return SendResult.ACCOUNT_FROZEN
    if app.state is AppState.UNAVAILABLE:
        return SendResult(app.profile.sms_unavailable_app_result)
    if not number_states()[x_number.state].sms:
        return SendResult.X_SUSPENDED
    return None if app.spec.sms else SendResult.NO_SMS_ABILITY


def forwarded(app: App, way: SmsWay, destination: str, user_data: str | None) -> SmsWay:
    """The way of an SMS that the customer has forwarded; userData of the answer only in the profile's modes."""
    taken = user_data if app.mode in app.profile.sms_decision_user_data else None
    return decided_way(way, destination, taken, sms_rules(app.profile))


def _check_forced(mode: str, played: PlayedMessage) -> None:
    """Raises NotPossible for a forced result that this SMS cannot have."""
    forced, there = played.wish.send_result, send_results_of(mode)
    if forced is None:
        return
    if forced not in there:
        codes = ", ".join(map(str, there))
        raise NotPossible(f"send_result {forced} is none of mode {mode}; it has: {codes}")
    refusal = played.way.refusal
    if forced in REACHING and refusal is not None and played.way.destination is None:
        raise NotPossible(
            f"send_result {forced} says that somebody has got the SMS, but there is nobody who could: "
            f"it ends with {int(refusal)} ({send_results()[refusal].en})"
        )
    if forced == SendResult.PARTLY_SENT and played.parts == 1:
        raise NotPossible(
            "send_result 9 says that the SMS was sent in part, but this one has one part only; "
            "a text of more than 70 characters, in pure English more than 160, has several"
        )


def _at_once(played: PlayedMessage) -> SendResult | None:
    """What becomes of an SMS when it reaches X; None where the customer is asked first."""
    forced = played.wish.send_result
    if forced is not None and send_results()[forced].comes_first:
        return SendResult(forced)
    return None if played.way.asks else _result(played)


def _result(played: PlayedMessage) -> SendResult:
    """The forced result, else what its way says; nobody can be made to get it whom nobody named."""
    forced, way = played.wish.send_result, played.way
    nobody = forced in REACHING and way.destination is None
    if forced is not None and not nobody:
        return SendResult(forced)
    return SendResult.SENT if way.refusal is None else way.refusal
