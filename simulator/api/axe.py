"""The operations of AXE: from a request to the exchange's command and back (axe_axyb_x.md 1.1 to 1.6)."""

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.requests import axe as requests
from simulator.contract.responses import axe as responses
from simulator.contract.responses.common import DONE, WireAnswer
from simulator.exchange.apps import App


def bind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Give A an extension behind X; raises Refused."""
    return responses.bound(desk.exchange.axe.bind(app, requests.bind(request.body, app.profile)))


def unbind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Take one binding away; raises Refused."""
    desk.exchange.axe.unbind(app, requests.unbind(request.query, app.profile))
    return DONE


def modify(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Change a binding; raises Refused."""
    desk.exchange.axe.modify(app, requests.modify(request.body, app.profile))
    return DONE


def query(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Look one binding up; raises Refused."""
    return responses.one(desk.exchange.axe.query(app, requests.query(request.query, app.profile)), app.profile)


def list_bindings(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """The bindings of an X number, page by page, or one of them; raises Refused."""
    page = desk.exchange.axe.list(app, requests.list_bindings(request.query, app.profile))
    following = responses.next_cursor(page.last, app.profile, more=page.more)
    return responses.page(page.bindings, following, app.profile)


def count(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """How many bindings an X number carries, or each one; raises Refused."""
    counted = desk.exchange.axe.count(app, requests.count(request.query, app.profile))
    return responses.counts(counted.counts, counted.following, app.profile)
