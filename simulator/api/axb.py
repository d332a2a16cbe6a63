"""The four operations of AXB: from a request to the exchange's command and back (ax_axb.md 6 to 9)."""

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract import requests, responses
from simulator.contract.responses import WireAnswer
from simulator.exchange.apps import App


def bind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Tie two numbers together behind X; raises Refused."""
    return responses.bound(desk.exchange.bind_axb(app, requests.bind_axb(request.body, app.profile)))


def unbind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Take one binding away, or all on X; raises Refused."""
    desk.exchange.unbind_axb(app, requests.unbind_axb(request.query, app.profile))
    return responses.DONE


def modify(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Change a binding; raises Refused."""
    desk.exchange.modify_axb(app, requests.modify_axb(request.body, app.profile))
    return responses.DONE


def query(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Look bindings up; raises Refused."""
    asked = requests.query_axb(request.query, app.profile)
    page = desk.exchange.query_axb(app, asked)
    return responses.page(page.bindings, page.total_count, asked, app.app_key, app.profile)
