"""The recording address is the same in every mode (recording_auth_codes.md 1): days, arrears, short calls, wrong domain."""

from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from simulator.contract.operations import MODES
from simulator.exchange.apps import App
from simulator.exchange.calls import PlayedCall
from simulator.exchange.modes.mode import Arrival
from simulator.telephony.calls import Call
from simulator.telephony.commands.calls import Dial
from simulator.telephony.events import CallEvent
from simulator.telephony.recordings import Recording
from simulator.telephony.routing import CallDirection, Route
from tests.api.served import KEY, OTHER_KEY, OTHER_SECRET, RECORDING, X1, A, B, Got, Platform, signed

DAY = 86_400
MISSING = (403, "1012007", "The record does not exist.")


@dataclass
class Recorded:
    """A mode that connects every call to B and has it recorded."""

    extension: str | None

    def route(self, app: App, arrival: Arrival) -> Route:
        return Route(CallDirection.CALLER_TO_CALLEE, B, record=True, extension=self.extension)

    def happened(self, app: App, call: Call, event: CallEvent) -> None:
        pass


@pytest.fixture(params=MODES)
def in_mode(request: pytest.FixtureRequest, platform: Platform) -> Platform:
    """The platform with an application of each mode."""
    mode = str(request.param)
    platform.change(mode=mode)
    platform.exchange._calls._modes = {mode: Recorded("0001" if mode == "AXE" else None)}
    return platform


async def played(platform: Platform, seconds: float) -> PlayedCall:
    call = platform.exchange.dial(KEY, Dial(A, X1, talks_seconds=seconds))
    await platform.story.advance(seconds + 60)
    assert call.cdr is not None
    return call


async def recording_of(platform: Platform) -> Recording:
    recording = (await played(platform, 10)).recording
    assert recording is not None
    return recording


def told(got: Got) -> tuple[int, object, object]:
    return got.status, got.code, got.sentence


async def test_seven_days_from_the_push_of_the_cdr(in_mode: Platform) -> None:
    recording = await recording_of(in_mode)
    assert recording.deleted_at is not None
    await in_mode.story.advance((recording.deleted_at - in_mode.exchange.now()).total_seconds() - 1)
    assert (await in_mode.address_of(recording)).status == 301
    await in_mode.story.advance(1)
    assert told(await in_mode.address_of(recording)) == MISSING


async def test_arrears_another_domain_another_application_and_no_recording_at_all(in_mode: Platform) -> None:
    recording = await recording_of(in_mode)
    elsewhere = urlencode({"recordDomain": "elsewhere.com", "fileName": recording.name})
    assert told(await in_mode.ask("GET", f"{RECORDING}?{elsewhere}")) == MISSING
    assert told(await in_mode.address_of(recording, signed(OTHER_KEY, OTHER_SECRET))) == MISSING
    in_mode.change(arrears=True)
    assert told(await in_mode.address_of(recording)) == MISSING
    in_mode.change(arrears=False, recording=False)
    got = await in_mode.address_of(recording)
    assert told(got) == (403, "1012012", "Application does not open recording function.")


@pytest.mark.parametrize(("seconds", "is_recorded"), [(2, False), (3, True)])
async def test_a_call_under_three_seconds_leaves_no_file(in_mode: Platform, seconds: int, *, is_recorded: bool) -> None:
    call = await played(in_mode, seconds)
    assert (call.recording is not None) == is_recorded
    assert call.cdr is not None
    assert (call.cdr.recording is not None) == is_recorded
