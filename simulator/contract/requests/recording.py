"""The request for a recording's address (recording_auth_codes.md 1)."""

from simulator.contract.bodies import query_members
from simulator.contract.fields import fields, read
from simulator.contract.profile import Profile
from simulator.telephony.commands.calls import FindRecording

ADDRESS = "api/recording/address.request"


def find_recording(query: str, profile: Profile) -> FindRecording:
    """The recording that a query asks for; raises Refused (recording_auth_codes.md 1)."""
    return FindRecording(**read(fields(ADDRESS), query_members(query), profile))
