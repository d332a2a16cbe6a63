"""A stage whose application is of mode AX."""

from simulator.exchange.calls import PlayedCall
from simulator.telephony.bindings.ax import AxBinding
from simulator.telephony.commands.ax import BindAx, SetCallee
from tests.exchange.stage import Stage, X

A, B, C, D = "+8613900000001", "+8613900000002", "+8613900000003", "+8613900000004"


class AxStage(Stage):
    """Gives A an X number; anybody else dials X and reaches A, A reaches whom was set."""

    def __init__(self, **app) -> None:
        super().__init__(mode="AX", **app)

    def bound(self, user: str = A, x_number: str | None = X, **members) -> AxBinding:
        return self.exchange.ax.bind(self.app, BindAx(user, x_number, **members))

    def set_callee(self, callee: str = B, x_number: str = X, **members) -> AxBinding:
        return self.exchange.ax.set_callee(self.app, SetCallee(callee, x_number=x_number, **members))

    def told(self, played: PlayedCall) -> list[str]:
        """What was told of a call, in order."""
        session_id = played.call.session_id.encode()
        return [delivery.kind for _, delivery in self.sent if session_id in delivery.body and delivery.kind != "fee"]

    def cdr_of(self, played: PlayedCall) -> dict:
        """The CDR that was pushed for a call."""
        (found,) = [record for record in self.cdrs() if record["sessionId"] == played.call.session_id]
        return found
