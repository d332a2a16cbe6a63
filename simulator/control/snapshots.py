"""GET and PUT /snapshot: the whole state of the simulated platform, to go back to."""

from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps
from simulator.control.problems import Problem
from simulator.exchange.putting_back import put_back
from simulator.exchange.snapshots import GO_ON, BadState, snapshot
from simulator.exchange.story import AdvanceRunning


class SnapshotRoutes:
    """Routes under /snapshot."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange
        self._story = deps.story

    async def taken(self, _: Asked) -> Answer:
        """GET /snapshot: applications, numbers, bindings, calls, deliveries and the clock, without secrets and journal."""
        self._exchange.now()
        return Answer(text=snapshot(self._exchange))

    async def put_back(self, asked: Asked) -> Answer:
        """PUT /snapshot: everything as it was then; the journal goes on."""
        if self._story.is_advancing:
            raise AdvanceRunning("the clock is being advanced; put a snapshot back when that has ended")
        try:
            put_back(self._exchange, asked.content)
        except BadState as bad:
            why = str(bad).removesuffix(GO_ON).strip()
            raise Problem(422, "no snapshot", f"the body must be the whole answer of GET /snapshot: {why}") from None
        return Answer(status=204)
