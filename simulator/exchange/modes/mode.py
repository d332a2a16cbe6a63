"""What the exchange asks of every mode: who is reached, and to take note of what happens to a call."""

from datetime import datetime
from typing import NamedTuple, Protocol

from simulator.exchange.apps import App
from simulator.telephony.calls import Call
from simulator.telephony.commands.calls import Dial
from simulator.telephony.events import CallEvent
from simulator.telephony.numbering import XNumber
from simulator.telephony.routing import Route


class Arrival(NamedTuple):
    """A call that comes in on an X number; `under_way` counts the other calls on it."""

    x_number: XNumber
    caller: str
    dial: Dial
    at: datetime
    under_way: int


class Mode(Protocol):
    """One mode of the platform."""

    def route(self, app: App, arrival: Arrival) -> Route | None:
        """Who is reached; None where the customer must be asked first (mode X). Changes nothing."""

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        """Take note of what happened to a call: what a route only promised is done when the call was dialled."""
