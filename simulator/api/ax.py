"""The five operations of AX: from a request to the exchange's command and back (ax_axb.md 1 to 5)."""

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.requests import ax as requests
from simulator.contract.responses import ax as responses
from simulator.contract.responses.common import DONE, WireAnswer
from simulator.exchange.apps import App


def bind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Give A an X number; raises Refused."""
    return responses.bound(desk.exchange.ax.bind(app, requests.bind(request.body, app.profile)))


def unbind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Take an X number away from its A; raises Refused."""
    desk.exchange.ax.unbind(app, requests.unbind(request.query, app.profile))
    return DONE


def modify(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Change a binding; raises Refused."""
    desk.exchange.ax.modify(app, requests.modify(request.body, app.profile))
    return DONE


def query(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Look bindings up; raises Refused."""
    return responses.found(desk.exchange.ax.query(app, requests.query(request.query, app.profile)), app.profile)


def set_callee(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Say whom A reaches next; raises Refused."""
    desk.exchange.ax.set_callee(app, requests.set_callee(request.body, app.profile))
    return DONE
