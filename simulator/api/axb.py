"""The four operations of AXB: from a request to the exchange's command and back (ax_axb.md 6 to 9)."""

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.requests import axb as requests
from simulator.contract.responses import axb as responses
from simulator.contract.responses.common import DONE, WireAnswer
from simulator.exchange.apps import App


def bind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Tie two numbers together behind X; raises Refused."""
    return responses.bound(desk.exchange.axb.bind(app, requests.bind(request.body, app.profile)))


def unbind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Take one binding away, or all on X; raises Refused."""
    desk.exchange.axb.unbind(app, requests.unbind(request.query, app.profile))
    return DONE


def modify(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Change a binding; raises Refused."""
    desk.exchange.axb.modify(app, requests.modify(request.body, app.profile))
    return DONE


def query(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Look bindings up; raises Refused."""
    asked = requests.query(request.query, app.profile)
    page = desk.exchange.axb.query(app, asked)
    return responses.page(page.bindings, page.total_count, asked, app.app_key, app.profile)
