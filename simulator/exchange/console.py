"""What an operator does in the platform's console or back office: states of numbers, refusals on order."""

from collections.abc import Sequence

from simulator.contract.number_states import number_states
from simulator.exchange.apps import ProvokedRefusal
from simulator.exchange.core import Core
from simulator.exchange.rows import Noted
from simulator.telephony.errors import NotPossible
from simulator.telephony.numbering import NumberState, XNumber


class Console:
    """Changes of an application's surroundings; every one is journaled."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def change_number(self, app_key: str, number: str, state: NumberState) -> XNumber:
        """Put an X number into a state (recording_auth_codes.md 5); raises NotPossible.

        While the account owes, what would work stays suspended until the arrears are paid.
        """
        app = self._core.app(app_key)
        x_number = app.pool.held(number)
        if x_number is None:
            raise NotPossible(f"{number} is none of the {len(app.pool)} X numbers of {app_key}")
        ours = number_states()[state].ours
        owner = self._owner(number)
        if ours and owner not in (None, app_key):
            raise NotPossible(f"{number} was returned and is an X number of application {owner} now")
        before = x_number.state
        app.pool.change_state(x_number, state, ours=ours)
        if app.spec.arrears:
            app.pool.fall_into_arrears()
        self._note(app_key, what="number_state", number=number, before=before.value, state=x_number.state.value)
        return x_number

    def provoke(self, app_key: str, refusal: ProvokedRefusal) -> Sequence[ProvokedRefusal]:
        """Order a result code for the application's next API requests; answers every order that waits."""
        app = self._core.app(app_key)
        app.provoked.append(refusal)
        self._note(app_key, what="refusal_ordered", code=refusal.code, times=refusal.left)
        return tuple(app.provoked)

    def stop_provoking(self, app_key: str) -> None:
        """Take back every refusal that was ordered and not yet given."""
        self._core.app(app_key).provoked.clear()
        self._note(app_key, what="refusals_taken_back")

    def _owner(self, number: str) -> str | None:
        return next((key for key, app in self._core.apps.items() if app.pool.get(number)), None)

    def _note(self, app_key: str, **detail: object) -> None:
        at = self._core.now()
        self._core.journal.append(Noted(kind="state_change", at=at, app_key=app_key, detail=detail))
