"""The single writer: API, control plane, scenario and emitter hand it commands; it checks, applies and journals.

In the same step it fills the outbox that the emitter empties. Nothing here awaits, so every command is one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random  # noqa: TID251 - the type of the dice that app.py makes; none are made here

from simulator.clock.story import StoryClock
from simulator.contract import notifications as wire
from simulator.contract.network import call_tables
from simulator.delivery.delivery import Delivery, DeliveryState
from simulator.delivery.notification import Slot
from simulator.exchange.apps import App, AppSpec, NumberSpec, ProvokedRefusal
from simulator.exchange.calls import Calls, PlayedCall
from simulator.exchange.clockwork import Clockwork
from simulator.exchange.console import Console
from simulator.exchange.core import Core, Limits
from simulator.exchange.deciding import Deciding
from simulator.exchange.entering import command
from simulator.exchange.faults import Faults
from simulator.exchange.journal import Journal
from simulator.exchange.message_deciding import MessageDeciding
from simulator.exchange.message_telling import MessageTelling
from simulator.exchange.messages import Messages, PlayedMessage
from simulator.exchange.modes.ax import AxMode
from simulator.exchange.modes.axb import AxbMode
from simulator.exchange.modes.axe import AxeMode
from simulator.exchange.modes.axyb import AxybMode
from simulator.exchange.modes.mode import Mode
from simulator.exchange.modes.x import XMode
from simulator.exchange.number_telling import NumberTelling
from simulator.exchange.outbox import Outbox
from simulator.exchange.tally import Tally
from simulator.exchange.telling import Telling
from simulator.store.store import Store
from simulator.telephony.commands.calls import Dial, FindRecording, Party, Terminate
from simulator.telephony.commands.messages import SendSms
from simulator.telephony.errors import NotPossible, Reason, Refused
from simulator.telephony.ids import Ids
from simulator.telephony.numbering import XNumber
from simulator.telephony.recordings import Recording


class Exchange:
    """Everything that can be asked of the simulated platform, and everything that happens in it."""

    def __init__(
        self,
        clock: StoryClock,
        store: Store,
        dice: Random,
        seed: int,
        token: Callable[[], str],
        limits: Limits | None = None,
    ) -> None:
        self.clock = clock
        self.journal = Journal(store)
        self.tally = Tally()
        self.journal.listeners.append(self.tally.add)
        self.limits = limits or Limits()
        self.core = self._core = Core(clock, self.journal, Ids(seed), dice, call_tables(), self.limits, token)
        self.deadlines = self.core.deadlines
        self.outbox = Outbox(self.core, wire.fee_body)
        self.console = Console(self.core, NumberTelling(self.core, self.outbox))
        self.faults = Faults(self.core)
        self.clockwork = Clockwork(self.core, self.outbox)
        self.ax = AxMode(self.core)
        self.axb = AxbMode(self.core)
        self.axe = AxeMode(self.core)
        self.axyb = AxybMode(self.core)
        modes: Mapping[str, Mode] = {
            "AX": self.ax,
            "AXB": self.axb,
            "AXE": self.axe,
            "AXYB": self.axyb,
            "X": (x_mode := XMode()),
        }
        self._calls = Calls(self.core, modes)
        Telling(self.core, self.outbox, self._calls)
        deciding = Deciding(self.core, self._calls)
        self._calls.on_unasked = deciding.unasked
        self._messages = Messages(self.core, {"AX": self.ax, "AXB": self.axb, "X": x_mode}, self._calls.nobodys)
        MessageTelling(self.core, self.outbox, self._messages)
        of_messages = MessageDeciding(self.core, self._messages)
        self._judges = {Slot.CALLIN: deciding.answered, Slot.SMS_BLOCK: of_messages.answered}
        self.outbox.on_answer = lambda delivery, *answer: self._judges[delivery.slot](delivery, *answer)
        self._on_reset: list[Callable[[str | None], None]] = []

    def now(self) -> datetime:
        """Let everything due happen, then the story's instant."""
        return self.core.now()

    @property
    def violations(self) -> int:
        """How many notifications of ours broke their schema; more than none is a bug of the simulator."""
        return self.core.violations

    # --- applications ---

    @command("exchange.add_app")
    def add_app(self, spec: AppSpec) -> App:
        """A new application; raises NotPossible when its key or one of its numbers is taken."""
        if spec.app_key in self.core.apps:
            raise NotPossible(f"there is an application {spec.app_key!r} already; change it or choose another app key")
        self._check_free(spec.app_key, spec.numbers)
        app = self.core.apps[spec.app_key] = App(spec)
        self.journal.note(
            "state_change", self.now(), spec.app_key, what="app_added", mode=spec.mode, numbers=len(app.pool)
        )
        return app

    def app(self, app_key: str) -> App | None:
        """The application of this key."""
        return self.core.apps.get(app_key)

    def apps(self) -> Sequence[App]:
        """All applications, oldest first."""
        return tuple(self.core.apps.values())

    @command("exchange.change_app")
    def change_app(self, app_key: str, /, **members: object) -> App:
        """Change members of an application's AppSpec; raises NotPossible when there is none, Busy.

        Arrears come last and are told as the console's are: to the receivers that the change has named.
        """
        app = self.core.app(app_key)
        if members.get("arrears", app.spec.arrears) is not app.spec.arrears:
            self.outbox.check_room(app_key)
        others = {name: value for name, value in members.items() if name != "arrears"}
        app.take(replace(app.spec, **others))  # type: ignore[arg-type]  # callers name members of AppSpec
        if "arrears" in members:
            self.console.change_arrears(app_key, arrears=bool(members["arrears"]))
        self.journal.note("state_change", self.now(), app_key, what="app_changed", changed=sorted(members))
        return app

    @command("exchange.remove_app")
    def remove_app(self, app_key: str) -> None:
        """Take an application away with everything of its own; raises NotPossible when there is none."""
        self._forget(self.core.app(app_key))
        del self.core.apps[app_key]
        self.core.configured.pop(app_key, None)
        if self.core.recorder is not None:
            self.core.recorder.forget_secret(app_key)
        self.journal.note("state_change", self.now(), app_key, what="app_removed")

    @command("exchange.add_numbers")
    def add_numbers(self, app_key: str, numbers: Sequence[NumberSpec]) -> Sequence[XNumber]:
        """Put X numbers into an application's pool; raises NotPossible when another one has them."""
        app = self.core.app(app_key)
        self._check_free(app_key, numbers)
        added = tuple(app.pool.add(number.number, number.area_code) for number in numbers)
        if app.spec.arrears:
            app.pool.fall_into_arrears()
        self.journal.note("state_change", self.now(), app_key, what="numbers_added", numbers=[x.number for x in added])
        return added

    # --- the platform's API ---

    def find_recording(self, app: App, command: FindRecording) -> Recording:
        """The recording of this name and domain; raises Refused (recording_auth_codes.md 1)."""
        at = self.now()
        if not app.spec.recording:
            raise Refused(Reason.RECORDING_NOT_ENABLED, "the application was made without recording")
        if app.spec.arrears:
            raise Refused(Reason.NO_SUCH_RECORDING, "the account is in arrears: no recording can be fetched")
        recording = self._calls.recordings.named(command.file_name)
        if recording is None or recording.app_key != app.app_key or not recording.is_there(at):
            raise Refused(
                Reason.NO_SUCH_RECORDING, f"no recording {command.file_name!r}: never made, or older than its days"
            )
        if recording.domain != command.domain:
            raise Refused(
                Reason.NO_SUCH_RECORDING, f"{command.file_name} is kept at {recording.domain}, not {command.domain!r}"
            )
        return recording

    def download(self, token: str) -> Recording | None:
        """The recording behind a download address; None when it was deleted."""
        at = self.now()
        recording = self._calls.recordings.behind(token)
        return recording if recording is not None and recording.is_there(at) else None

    @command("exchange.terminate")
    def terminate(self, app: App, command: Terminate) -> PlayedCall:
        """End a call of the application at once; raises Refused (axe_axyb_x.md 5)."""
        return self._calls.terminate(app, command.session_id)

    def next_refusal(self, app: App) -> ProvokedRefusal | None:
        """The refusal that an application's next request was ordered to get, counted down; None where none is left."""
        return self._count_down(app) if app.provoked else None

    @command("exchange.count_down")
    def _count_down(self, app: App) -> ProvokedRefusal | None:
        return app.next_refusal()

    # --- the network ---

    @command("exchange.dial")
    def dial(self, app_key: str, dial: Dial, at: datetime | None = None) -> PlayedCall:
        """Play a call; raises NotPossible, UnknownNumber, or Busy when the application's outbox is full.

        `at`: it was dialled a moment ago, at an instant that was missed; what should have happened since happens now.
        """
        app = self.core.app(app_key)
        self.outbox.check_room(app_key)
        return self._calls.dial(app, dial, at)

    @command("exchange.release")
    def release(self, call_id: str, by: Party) -> PlayedCall:
        """One party of a call hangs up now; raises NotPossible."""
        played = self._calls.get(call_id)
        if played is None:
            raise NotPossible(f"no call {call_id!r} is known")
        return self._calls.release(played, by)

    def call(self, call_id: str) -> PlayedCall | None:
        """A call under way, or one of the last that ended."""
        return self._calls.get(call_id)

    def calls(self, app_key: str | None = None, limit: int = 100) -> Sequence[PlayedCall]:
        """Calls, the newest first."""
        return self._calls.newest(app_key, limit)

    @property
    def calls_under_way(self) -> int:
        """How many calls have not been released."""
        return self._calls.count_under_way()

    @command("exchange.send_sms")
    def send_sms(self, app_key: str, wish: SendSms) -> PlayedMessage:
        """Play an SMS; raises NotPossible, UnknownNumber, or Busy when the application's outbox is full."""
        app = self.core.app(app_key)
        self.outbox.check_room(app_key)
        return self._messages.send(app, wish)

    def message(self, message_id: str) -> PlayedMessage | None:
        """An SMS about which the customer is asked, or one of the last that ended."""
        return self._messages.get(message_id)

    def messages(self, app_key: str | None = None, limit: int = 100) -> Sequence[PlayedMessage]:
        """SMS, those that wait first, the newest first."""
        return self._messages.newest(app_key, limit)

    # --- deliveries ---

    def delivery_of(self, notification_id: str) -> Delivery | None:
        """The delivery that a notification went out with."""
        return self.outbox.of(notification_id)

    def deliveries(
        self,
        about_id: str | None = None,
        app_key: str | None = None,
        limit: int = 100,
        *,
        state: DeliveryState | None = None,
    ) -> Sequence[Delivery]:
        """Deliveries about a call or an X number, in a state; the open ones first, the newest first."""

        def wanted(delivery: Delivery) -> bool:
            about = any(about_id in (None, notification.about_id) for notification in delivery.notifications)
            return about and app_key in (None, delivery.app_key) and state in (None, delivery.state)

        return self.outbox.newest(wanted, limit)

    @command("exchange.redeliver")
    def redeliver(self, notification_id: str) -> Delivery:
        """Send a notification's delivery once more; raises NotPossible, or ImpossibleStep while it is on its way."""
        delivery = self.outbox.of(notification_id)
        if delivery is None:
            raise NotPossible(
                f"no notification {notification_id!r} is known; the last {self.limits.deliveries_kept} are kept"
            )
        self.outbox.redeliver(delivery)
        return delivery

    @command("exchange.reset")
    def reset(self, app_key: str | None = None) -> None:
        """Forget bindings, calls, recordings, deliveries, journal of one application or of all; applications stay."""
        for app in self.apps() if app_key is None else (self.core.app(app_key),):
            self._forget(app)
        self.journal.forget(app_key)
        for listener in self._on_reset:
            listener(app_key)
        self.journal.note("state_change", self.now(), app_key, what="reset")

    def was_put_back(self) -> None:
        """Its state was replaced as a whole: whoever waits or remembers looks anew."""
        for listener in self._on_reset:
            listener(None)
        self.deadlines.on_earlier()
        self.outbox.wake.fire()
        self.journal.note("state_change", self.clock.now(), None, what="put_back")

    def on_reset(self, listener: Callable[[str | None], None]) -> None:
        """Call `listener(app_key or None)` at every reset."""
        self._on_reset.append(listener)

    # --- inside ---

    def _forget(self, app: App) -> None:
        for binding in app.bindings:
            if binding.expires_at is not None:
                self.deadlines.outdated()
        app.forget()
        self._calls.forget(app.app_key)
        self._messages.forget(app.app_key)
        self.outbox.forget(app.app_key)

    def _check_free(self, app_key: str, numbers: Sequence[NumberSpec]) -> None:
        for other in self.core.apps.values():
            taken = [number.number for number in numbers if other.app_key != app_key and other.pool.get(number.number)]
            if taken:
                raise NotPossible(f"{taken[0]} is an X number of application {other.app_key} already; X has one owner")
