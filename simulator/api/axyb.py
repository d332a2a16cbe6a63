"""The three operations of AXYB: from a request to the exchange's command and back (axe_axyb_x.md 2.1 to 2.3).

Each of them names its application in the query, beside the signature.
"""

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.requests import axyb as requests
from simulator.contract.responses import axyb as responses
from simulator.contract.responses.common import DONE, WireAnswer
from simulator.exchange.apps import App
from simulator.telephony.commands.axyb import BindAx


def bind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Give A an X number, or B a Y number; raises Refused."""
    requests.check_app_key(request.query, app.app_key, app.profile)
    command, mode = requests.bind(request.body, app.profile), desk.exchange.axyb
    if isinstance(command, BindAx):
        ax = mode.bind_ax(app, command)
        return responses.bound(ax.subscription_id, ax.x_number, command.user_data, app.profile)
    yb = mode.bind_yb(app, command)
    return responses.bound(yb.subscription_id, yb.y_number, command.user_data, app.profile)


def unbind(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Take one B away, or A with every B; raises Refused."""
    requests.check_app_key(request.query, app.app_key, app.profile)
    desk.exchange.axyb.unbind(app, requests.unbind(request.query, app.profile))
    return DONE


def query(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Look the relations of an A up; raises Refused."""
    requests.check_app_key(request.query, app.app_key, app.profile)
    found = desk.exchange.axyb.query(app, requests.query(request.query, app.profile))
    return responses.relations(found.ax, found.peers, app.profile)
