"""Wrong notifications on purpose: the rules of each application."""

from simulator.contract.faults import BadFault, rules
from simulator.control import shapes
from simulator.control.apps import known_app
from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps
from simulator.control.problems import Problem
from simulator.exchange.apps import App


class FaultRoutes:
    """Routes under /faults."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange

    async def listed(self, asked: Asked) -> Answer:
        """GET /faults: the rules in force, of one application or of all, with how many messages each has hit."""
        return Answer({"faults": [one for app in self._apps(asked.query["app_key"]) for one in self._shown(app)]})

    async def put(self, asked: Asked) -> Answer:
        """PUT /faults: exactly these rules of an application from now on; [] for none."""
        app = known_app(self._exchange, asked.body["app_key"])
        try:
            wanted = rules(asked.body["faults"], app.mode)
        except BadFault as wrong:
            raise Problem(422, "wrong fault", f"the body: {wrong}") from None
        self._exchange.faults.put(app.app_key, wanted)
        return Answer({"faults": self._shown(app)})

    async def removed(self, asked: Asked) -> Answer:
        """DELETE /faults: of one application, or of all."""
        for app in self._apps(asked.query["app_key"]):
            if app.faults is not None:
                self._exchange.faults.put(app.app_key, ())
        return Answer(None, status=204)

    def _apps(self, app_key: str | None) -> list[App]:
        return list(self._exchange.apps()) if app_key is None else [known_app(self._exchange, app_key)]

    def _shown(self, app: App) -> list[dict[str, object]]:
        return [shapes.fault(one, app) for one in self._exchange.faults.of(app)]
