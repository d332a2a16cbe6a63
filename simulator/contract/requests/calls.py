"""The request to end a call (axe_axyb_x.md 5)."""

from simulator.contract.bodies import json_object
from simulator.contract.fields import fields, read
from simulator.contract.profile import Profile
from simulator.telephony.commands.calls import Terminate

TERMINATE = "api/calls/terminate.request"


def terminate(body: bytes, profile: Profile) -> Terminate:
    """The end of a call that a body asks for; raises Refused (axe_axyb_x.md 5)."""
    return Terminate(**read(fields(TERMINATE), json_object(body, profile), profile))
