"""A stage whose application is of mode AXE."""

from simulator.exchange.calls import PlayedCall
from simulator.telephony.bindings.axe import AxeBinding
from simulator.telephony.commands.axe import BindAxe
from tests.exchange.stage import Stage, X

A, B, C, D = "+8613900000001", "+8613900000002", "+8613900000003", "+8613900000004"


class AxeStage(Stage):
    """Binds A behind X; anybody else dials X and keys an extension."""

    def __init__(self, **app) -> None:
        super().__init__(mode="AXE", **app)

    def bound(self, user: str = A, x_number: str | None = X, **members) -> AxeBinding:
        return self.exchange.axe.bind(self.app, BindAxe(user, x_number, **members))

    def key(self, caller: str, *digits: str, **wish) -> PlayedCall:
        return self.dial(caller, extensions=digits, **wish)

    def told(self, played: PlayedCall) -> list[str]:
        """What was told of a call, in order."""
        session_id = played.call.session_id
        return [
            delivery.kind
            for _, delivery in self.sent
            if session_id.encode() in delivery.body and delivery.kind != "fee"
        ]
