"""Why and where a call was released, and which codes say so together (schemas/codes/releases.json)."""

from dataclasses import dataclass
from enum import Enum

NORMAL = 0
CALLER_HUNG_UP_BEFORE_RINGING = 7501
CALLER_HUNG_UP_WHILE_RINGING = 7502
CALLEE_REJECTED = 7503
CALLER_HUNG_UP_BEFORE_FORWARDING = 7516
MAXIMUM_DURATION = 8010
NO_CALLEE = 8013
NO_BINDING = 8014
WRONG_DIRECTION = 8016
RELEASED_BY_THE_CUSTOMER = 8017
NO_PERMISSION = 8018
NO_CALLBACK_RECORD = 8019
NO_SUCH_EXTENSION = 8022
LANDLINE_CALLER = 8023
REAL_NUMBER_NOT_ALLOWED = 8024
NO_EXTENSION_KEYED = 8033
NO_AXYB_BINDING = 8030
NO_Y_NUMBER = 8031
OWN_NUMBER = 8032
X_UNUSABLE = 8055
CARRIER_INTERCEPTION = 8059
PLATFORM_RING_TIMEOUT = 8035
CALLEE_BUSY = 8102


class Stage(Enum):
    """How far a call has come when a cause releases it."""

    ARRIVAL = "arrival"
    FORWARDED = "forwarded"
    RINGING = "ringing"
    TALKING = "talking"


@dataclass(frozen=True, slots=True)
class Release:
    """The codes of one release: hangup cause, disconnect point, Q.850 cause and SIP status belong together."""

    cause: int
    disconnect_point: int
    q850: int
    sip_status: int
    stage: Stage
