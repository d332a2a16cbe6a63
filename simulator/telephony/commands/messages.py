"""What may be asked of the network about SMS, and what the customer may decide of one (notifications.md 4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendSms:
    """Play an SMS: `sender` writes to `x_number`; `send_result` forces a result of schemas/codes/send_results.json."""

    sender: str
    x_number: str
    text: str
    send_result: int | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """The customer has an SMS forwarded to `destination`."""

    destination: str
    sender: str | None = None
    """The sender as the customer's answer names it; it should be the real one."""
    user_data: str | None = None


@dataclass(frozen=True, slots=True)
class Discard:
    """The customer has an SMS thrown away."""

    user_data: str | None = None


SmsDecision = Forward | Discard
