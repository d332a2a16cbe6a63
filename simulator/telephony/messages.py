"""An SMS's way through X, by mode: who gets it, who is asked about it, or why nobody gets it (notifications.md 4)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import NamedTuple

from simulator.telephony.bindings.ax import AxBinding, AxBindings
from simulator.telephony.bindings.axb import AxbBinding, AxbBindings
from simulator.telephony.numbering import NumberKind, as_seen_by_the_network, kind_of

AT = "@"
"""What stands before the number in a text of AX; the full-width one is none (notifications.md 4)."""
HOME = "+86"
OFF = "off"
ONLY_A, ONLY_OTHERS = 1, 2


class SendResult(IntEnum):
    """What became of an SMS; the rows of schemas/codes/send_results.json."""

    SENT = 0
    ACCOUNT_FROZEN = 1
    NO_BINDING = 2
    X_SUSPENDED = 3
    NOT_COMMERCIAL = 4
    INTERNAL_ERROR = 5
    DISCARDED = 6
    UNDECIDED = 7
    BLACKLISTED = 8
    PARTLY_SENT = 9
    NOTHING_SENT = 10
    NO_SMS_ABILITY = 11
    KEYWORD_MISSING = 12
    FORBIDDEN_WORD = 13


REACHING = frozenset((SendResult.SENT, SendResult.PARTLY_SENT))
"""The results of an SMS of which its receiver has got something."""


class SmsDirection(Enum):
    """Which way an SMS goes: to A, from A, or it cannot be told; in mode X always as from A."""

    TO_A = 0
    FROM_A = 1
    ABNORMAL = 2


class Sms(NamedTuple):
    """An SMS as it reaches X."""

    sender: str
    x_number: str
    text: str


@dataclass(frozen=True, slots=True)
class SmsWay:
    """Where an SMS goes: to `destination`, or, where there is none and no `refusal`, to whom the customer says.

    `counted` is the text that is split, `delivered` the one that the destination reads.
    """

    direction: SmsDirection
    counted: str
    delivered: str
    destination: str | None = None
    refusal: SendResult | None = None
    subscription_id: str | None = None
    user_data: str | None = None

    @property
    def asks(self) -> bool:
        """Whether the customer must be asked."""
        return self.refusal is None and self.destination is None


@dataclass(frozen=True, slots=True)
class SmsRules:
    """What stands in the way of an SMS whatever its binding, and what the profile leaves to the platform.

    `barred` is a result that all SMS to this X number get; `private_off` that of a binding without SMS.
    """

    barred: SendResult | None = None
    blacklist: Collection[str] = ()
    keyword: str = ""
    forbidden_words: Collection[str] = ()
    private_off: SendResult = SendResult.NO_SMS_ABILITY
    from_suffix: str = "[From{number}]"
    no_mobile: SendResult = SendResult.NOTHING_SENT
    closed_is_unbound: bool = False
    """Whether a binding that is switched off, or lets calls through the other way only, lets no SMS through either."""


def through_ax(sms: Sms, bindings: AxBindings, rules: SmsRules) -> SmsWay:
    """To A by everybody; A names who gets it at the end of the text, else the customer decides."""
    binding = bindings.on_x(sms.x_number)
    if binding is None:
        return _judged(sms, _nowhere(sms), rules)
    is_a = sms.sender == binding.user
    direction = SmsDirection.FROM_A if is_a else SmsDirection.TO_A
    way = SmsWay(direction, sms.text, sms.text, None, None, binding.subscription_id, binding.user_data)
    if is_a:
        stripped, destination = addressed(sms.text)
        way = replace(way, delivered=stripped, destination=destination)
    else:
        suffix = rules.from_suffix.format(number=sms.sender, national=sms.sender.removeprefix(HOME))
        text = sms.text + suffix
        way = replace(way, counted=text, delivered=text, destination=binding.user)
    is_open = binding.power != OFF and binding.direction != (ONLY_OTHERS if is_a else ONLY_A)
    return _judged(sms, _bound(way, binding, rules, is_open=is_open), rules)


def through_axb(sms: Sms, bindings: AxbBindings, rules: SmsRules) -> SmsWay:
    """To the other party of the sender's pair on X."""
    binding = bindings.find(sms.x_number, sms.sender)
    if binding is None:
        return _judged(sms, _nowhere(sms), rules)
    is_a = sms.sender == binding.caller
    direction = SmsDirection.FROM_A if is_a else SmsDirection.TO_A
    other = binding.other_party(sms.sender)
    way = SmsWay(direction, sms.text, sms.text, other, None, binding.subscription_id, binding.user_data)
    return _judged(sms, _bound(way, binding, rules, is_open=binding.allows(sms.sender)), rules)


def through_x(sms: Sms, rules: SmsRules) -> SmsWay:
    """To whom the customer says, always."""
    return _judged(sms, SmsWay(SmsDirection.FROM_A, sms.text, sms.text), rules)


def decided_way(way: SmsWay, destination: str, user_data: str | None, rules: SmsRules) -> SmsWay:
    """The way of an SMS about which the customer was asked, and said who gets it."""
    return _reachable(replace(way, destination=destination, user_data=user_data or way.user_data), rules)


def addressed(text: str) -> tuple[str, str | None]:
    """A text of A without the `@B` at its end, and B; the whole text and None where no number stands there."""
    before, at, tail = text.rpartition(AT)
    number = as_seen_by_the_network(tail)
    if not at or kind_of(number) is NumberKind.MALFORMED:
        return text, None
    return before, number


def _nowhere(sms: Sms) -> SmsWay:
    return SmsWay(SmsDirection.ABNORMAL, sms.text, sms.text, refusal=SendResult.NO_BINDING)


def _bound(way: SmsWay, binding: AxBinding | AxbBinding, rules: SmsRules, *, is_open: bool) -> SmsWay:
    """What the binding itself forbids: SMS at all, or, where the profile says so, what it forbids calls."""
    if binding.sms is False:
        return replace(way, refusal=rules.private_off)
    if not is_open and rules.closed_is_unbound:
        return replace(way, refusal=SendResult.NO_BINDING)
    return way


def _judged(sms: Sms, way: SmsWay, rules: SmsRules) -> SmsWay:
    """What stands in the way beside the binding, the first that applies; its words come after everything else."""
    refusal = rules.barred or (SendResult.BLACKLISTED if sms.sender in rules.blacklist else None)
    refusal = refusal or way.refusal or _of_words(sms.text, rules)
    if refusal is not None:
        return replace(way, refusal=refusal)
    if kind_of(sms.sender) is not NumberKind.MOBILE:
        return replace(way, refusal=rules.no_mobile)
    return _reachable(way, rules)


def _of_words(text: str, rules: SmsRules) -> SendResult | None:
    if rules.keyword and rules.keyword not in text:
        return SendResult.KEYWORD_MISSING
    return SendResult.FORBIDDEN_WORD if any(word in text for word in rules.forbidden_words) else None


def _reachable(way: SmsWay, rules: SmsRules) -> SmsWay:
    """An SMS goes to mobile numbers only."""
    if way.destination is None or kind_of(way.destination) is NumberKind.MOBILE:
        return way
    return replace(way, refusal=rules.no_mobile)
