"""What the journal says when a binding changes, in every mode."""

from collections.abc import Sequence
from datetime import datetime

from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.rows import Noted
from simulator.telephony.bindings.book import Binding


def note_binding(core: Core, what: str, app: App, binding: Binding, at: datetime, **members: object) -> None:
    """Write a state change of a binding; lists become texts, None is left out."""
    named = {"what": what, "subscription_id": binding.subscription_id, "x_number": binding.x_number}
    shown = {name: shown_as(value) for name, value in members.items() if value is not None}
    core.journal.append(Noted(kind="state_change", at=at, app_key=app.app_key, detail={**named, **shown}))


def shown_as(value: object) -> object:
    """A list as a text."""
    return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else value
