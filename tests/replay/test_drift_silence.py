"""No false alarm: what the simulator itself pushes, and what the documents print, is no drift."""

from collections.abc import Iterator

import orjson
import pytest

from simulator.contract import notifications as wire
from simulator.contract.codes import hangup_causes
from simulator.contract.editions import editions, profile_of
from simulator.contract.modes import mode_rows
from simulator.contract.profile import Profile
from simulator.contract.recordings import recording_of
from simulator.contract.sample_calls import SampleCalls, Whose
from simulator.contract.schemas import load, names
from simulator.replay.drift import Drift, compare
from simulator.telephony.calls import Call
from simulator.telephony.cdr import cdr
from simulator.telephony.events import CallEventKind
from simulator.telephony.ids import Ids
from tests.replay.shows import AT, pushed, told

FEATURES = {"area_code", "call_duration", "recording_url"}
EXAMPLES = [
    (name, place)
    for name in names()
    if name.startswith("notifications/")
    for place in range(len(load(name).get("examples", [])))
]


def story_of(mode: str, profile: Profile, cause: int) -> Iterator[object]:
    """Every notification of a call that ends with a cause."""
    whose = Whose(f"{mode.lower()}-demo", mode, profile)
    call = SampleCalls(whose, Ids(cause)).until(CallEventKind.RELEASED, AT, cause)
    yield from (wire.call_event(call, event, profile, mode) for event in call.events)
    record = wire.fee(_cdr(call, profile), profile, mode, FEATURES if cause % 2 else ())
    yield orjson.loads(wire.fee_body([orjson.dumps(record)]))


def _cdr(call: Call, profile: Profile):
    recording = recording_of(call, AT, profile, lambda: 17, lambda: "") if call.route.record else None
    return cdr(call, recording)


@pytest.mark.parametrize("edition", editions())
@pytest.mark.parametrize("mode", [row.mode for row in mode_rows()])
def test_every_way_a_call_can_end_is_told_without_drift(mode, edition):
    profile = profile_of(edition)
    for cause in (row.code for row in hangup_causes().values() if mode in row.modes):
        assert told(compare(pushed(list(story_of(mode, profile, cause))), Drift(profile))) == [], cause


@pytest.mark.parametrize(("name", "place"), EXAMPLES)
def test_what_the_documents_print_is_no_drift(name, place):
    mode = name.split("/")[1].upper()
    example = [load(name)["examples"][place]]
    results = [compare(pushed(example), Drift(profile_of(edition), mode)) for edition in editions()]
    assert not any(result.findings for result in results)
    assert [] in map(told, results), "the documents are of different years: one edition agrees with each sample"
    assert all(result.notifications == 1 for result in results)
