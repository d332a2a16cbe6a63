"""Calls under way: ending one over the API, in every mode (axe_axyb_x.md 5)."""

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.requests import calls as requests
from simulator.contract.responses.common import DONE, WireAnswer
from simulator.exchange.apps import App


def terminate(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Release both parties of a call now; raises Refused."""
    desk.exchange.terminate(app, requests.terminate(request.body, app.profile))
    return DONE
