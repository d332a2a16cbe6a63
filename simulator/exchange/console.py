"""What an operator does in the platform's console or back office: states of numbers, arrears, refusals on order."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from simulator.contract.number_states import cause_of, number_states
from simulator.exchange.apps import App, ProvokedRefusal
from simulator.exchange.core import Core
from simulator.exchange.entering import command
from simulator.exchange.number_telling import NumberTelling
from simulator.exchange.rows import Noted
from simulator.telephony.errors import NotPossible
from simulator.telephony.numbering import NumberState, XNumber

ROWS_AT_ONCE = 100
"""X numbers of one command that have a row of their own in the journal."""


class Console:
    """Changes of an application's surroundings; every one is journaled."""

    def __init__(self, core: Core, telling: NumberTelling) -> None:
        self._core = core
        self._telling = telling

    def change_number(self, app_key: str, number: str, state: NumberState, cause: int | None = None) -> XNumber:
        """Put an X number into a state, for a cause (recording_auth_codes.md 5); as `change_numbers`."""
        return self.change_numbers(app_key, [number], state, cause)[0]

    @command("console.change_numbers")
    def change_numbers(
        self, app_key: str, numbers: Sequence[str] | None, state: NumberState, cause: int | None = None
    ) -> Sequence[XNumber]:
        """Put X numbers, or all that are an application's, into a state; raises NotPossible, WrongCause, Busy.

        While the account owes, what would work stays suspended until the arrears are paid. What changed is told in
        messages of up to 100 (notifications.md 5).
        """
        self._core.now()
        app, why = self._core.app(app_key), cause_of(state, cause)
        chosen = self._chosen(app, numbers)
        ours = number_states()[state].ours
        for x_number in chosen if ours else ():
            self._check_free(app, x_number)
        before, states = self._telling.before(app, chosen), [x_number.state for x_number in chosen]
        for x_number in chosen:
            app.pool.change_state(x_number, state, ours=ours, cause=why)
            if app.spec.arrears and ours:
                x_number.fall_into_arrears()
        self._note_states(app_key, chosen, states)
        self._telling.tell(app, before)
        return chosen

    @command("console.change_arrears")
    def change_arrears(self, app_key: str, *, arrears: bool) -> Sequence[XNumber]:
        """The account owes, or has paid: its X numbers are suspended, or what they were; answers those that changed."""
        self._core.now()
        app = self._core.app(app_key)
        if app.spec.arrears is arrears:
            return ()
        before, states = self._telling.before(app, app.pool), [x_number.state for x_number in app.pool]
        app.take(replace(app.spec, arrears=arrears))
        changed = [x_number for x_number, was in zip(app.pool, states, strict=True) if x_number.state is not was]
        self._note(app_key, what="arrears", arrears=arrears, numbers=len(changed))
        self._telling.tell(app, before)
        return changed

    @command("console.provoke")
    def provoke(self, app_key: str, refusal: ProvokedRefusal) -> Sequence[ProvokedRefusal]:
        """Order a result code for the application's next API requests; answers every order that waits."""
        app = self._core.app(app_key)
        app.provoked.append(refusal)
        self._note(app_key, what="refusal_ordered", code=refusal.code, times=refusal.left)
        return tuple(app.provoked)

    @command("console.stop_provoking")
    def stop_provoking(self, app_key: str) -> None:
        """Take back every refusal that was ordered and not yet given."""
        self._core.app(app_key).provoked.clear()
        self._note(app_key, what="refusals_taken_back")

    def _chosen(self, app: App, numbers: Sequence[str] | None) -> Sequence[XNumber]:
        """Those named, each once; without names all but the returned ones, which cannot be recovered by the way."""
        if numbers is None:
            return [x_number for x_number in app.pool if app.pool.get(x_number.number) is x_number]
        return [self._held(app, number) for number in dict.fromkeys(numbers)]

    def _held(self, app: App, number: str) -> XNumber:
        x_number = app.pool.held(number)
        if x_number is None:
            raise NotPossible(f"{number} is none of the {len(app.pool)} X numbers of {app.app_key}")
        return x_number

    def _check_free(self, app: App, x_number: XNumber) -> None:
        """Raises NotPossible where a returned number is another application's now."""
        if app.pool.get(x_number.number) is x_number:
            return
        owner = next((key for key, other in self._core.apps.items() if other.pool.get(x_number.number)), None)
        if owner is not None:
            raise NotPossible(f"{x_number.number} was returned and is an X number of application {owner} now")

    def _note_states(self, app_key: str, chosen: Sequence[XNumber], before: Sequence[NumberState]) -> None:
        for x_number, was in islice(zip(chosen, before, strict=True), ROWS_AT_ONCE):
            why = {} if x_number.cause is None else {"cause": x_number.cause}
            states = {"before": was.value, "state": x_number.state.value}
            self._note(app_key, what="number_state", number=x_number.number, **states, **why)
        if len(chosen) > ROWS_AT_ONCE:
            self._note(app_key, what="number_states", numbers=len(chosen), shown=ROWS_AT_ONCE)

    def _note(self, app_key: str, **detail: object) -> None:
        at = self._core.now()
        self._core.journal.append(Noted(kind="state_change", at=at, app_key=app_key, detail=detail))
