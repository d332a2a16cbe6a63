"""What in a record of production does not go together, and where it differs from the simulator's tables.

A contradiction is a sentence in English and one in Chinese (notifications.md 2.3, 3.1, 3.3 to 3.5).
"""

from collections.abc import Iterator
from itertools import pairwise

from simulator.contract.codes import HangupCause, ReleaseRow, hangup_causes, releases
from simulator.contract.incidents import INSTANTS, Incident
from simulator.contract.reproductions import story_direction

Sentence = tuple[str, str]
SHORTEST_RECORDING = 3
TALKING = "talking"
NOT_ALERTED = ("arrival", "forwarded")
WITHOUT_BINDING = (8014, 8022, 8025, 8030)
AT_ANY_STAGE = (8017,)
"""Terminate call ends a call at any time, an X answer that closes before it is forwarded (notifications.md 2.3)."""
ANY_CAUSE = (8059,)
"""Disconnect points whose hangup cause no page names: carrier interception (notifications.md 3.4)."""
ORDER = ("dialled_at", "forwarded_at", "alerted_at", "answered_at", "released_at")


def contradictions(told: Incident) -> list[Sentence]:
    """What cannot be true together in a record, the most telling first."""
    cause = _cause(told)
    found = list(_codes(told))
    if cause is not None:
        found += _place(told, cause)
        found += _progress(told, releases()[cause.code]) if _is_known(cause) else ()
    return [*found, *_times(told), *_recording(told)]


def differences(told: Incident) -> list[Sentence]:
    """Where the record is other than what the simulator sends with the cause, by conclusion: both may be right."""
    cause = _cause(told)
    if cause is None:
        return []
    row = releases()[cause.code]
    found = [] if _is_known(cause) else list(_progress(told, row))
    pairs = (("Q.850", told.q850, row.q850), ("SIP", told.sip_status, row.sip_status))
    found += [
        (f"{name} is {given}, where pnsim sends {ours} ({row.provenance})", f"{name}为{given},pnsim发送{ours}")
        for name, given, ours in pairs
        if given is not None and given != ours
    ]
    return [*found, *_direction(told, row)]


def _cause(told: Incident) -> HangupCause | None:
    return hangup_causes().get(-1 if told.code is None else told.code)


def _is_known(cause: HangupCause) -> bool:
    """Whether a page says how far a call with this cause comes."""
    return cause.events_basis.provenance == "documented"


def _direction(told: Incident, row: ReleaseRow) -> Iterator[Sentence]:
    """Whether the call went the other way than the story that is played for its mode."""
    ours = story_direction(told.mode) if told.mode else None
    if ours is not None and told.direction in (0, 1) and told.direction != ours and row.stage != "arrival":
        yield (
            f"direction is {told.direction}, where the story that pnsim plays has {ours}: it goes the other way",
            f"direction为{told.direction},pnsim的剧情为{ours}:方向相反",
        )


def _codes(told: Incident) -> Iterator[Sentence]:
    row = releases().get(-1 if told.cause is None else told.cause)
    if row is not None and told.disconnect_point not in (None, row.disconnect_point, *ANY_CAUSE):
        yield (
            f"stateCode {row.cause} goes with ulFailReason {row.disconnect_point}, not {told.disconnect_point}",
            f"stateCode {row.cause}应对应ulFailReason {row.disconnect_point},而不是{told.disconnect_point}",
        )


def _place(told: Incident, cause: HangupCause) -> Iterator[Sentence]:
    if told.mode is not None and told.mode not in cause.modes:
        modes = ", ".join(cause.modes)
        yield (
            f"the record is of mode {told.mode}, where {cause.code} does not occur; it does in {modes}",
            f"该话单属于{told.mode}模式,{cause.code}不应出现,只出现在{modes}",
        )
    if told.subscription_id and cause.code in WITHOUT_BINDING and told.mode != "X":
        yield (
            f"{cause.code} means that there is no binding, yet the record has a subscriptionId",
            f"{cause.code}表示没有绑定关系,但话单带有subscriptionId",
        )


def _progress(told: Incident, release: ReleaseRow) -> Iterator[Sentence]:
    """How far the call came, against the stage at which the cause releases calls."""
    code = release.cause
    if code in AT_ANY_STAGE:
        return
    answered, alerted = "answered_at" in told.times, "alerted_at" in told.times
    if answered and release.stage != TALKING:
        yield f"the call was answered, but {code} releases calls before that", f"呼叫已接通,但{code}发生在接通之前"
    elif alerted and release.stage in NOT_ALERTED:
        yield f"the callee was alerted, but {code} releases calls before that", f"被叫已振铃,但{code}发生在振铃之前"
    if told.times and not answered and release.stage == TALKING:
        yield (
            f"{code} ends calls that were answered, but there is no answer time",
            f"{code}发生在接通之后,但没有接通时间",
        )


def _times(told: Incident) -> Iterator[Sentence]:
    there = [word for word in ORDER if word in told.times]
    for before, after in pairwise(there):
        if told.times[after] < told.times[before]:
            yield f"{INSTANTS[after]} is before {INSTANTS[before]}", f"{INSTANTS[after]}早于{INSTANTS[before]}"
    if "failed_at" in told.times and "answered_at" in told.times:
        yield "failTime stands in a call that was answered", "呼叫已接通,却带有failTime"
    ended = told.times.get("released_at")
    if ended is not None and told.told_at not in (None, ended):
        yield f"disconnect says {told.told_at}, the CDR {ended}", f"disconnect的时间为{told.told_at},话单为{ended}"


def _recording(told: Incident) -> Iterator[Sentence]:
    seconds = talk_seconds(told)
    if told.recorded and seconds is None and told.times:
        yield "it is recorded, but was never answered", "未接通的呼叫却有录音"
    elif told.recorded and seconds is not None and seconds < SHORTEST_RECORDING:
        yield f"it is recorded, but {seconds} s are too short for that", f"通话{seconds}秒不足以录音,却有录音"
    if told.talked is not None and seconds is not None and told.talked != seconds:
        yield (
            f"callDuration is {told.talked}, the times say {seconds}",
            f"callDuration为{told.talked},按时间应为{seconds}",
        )


def talk_seconds(told: Incident) -> int | None:
    """How long they talked: from the answer to the end."""
    answered, ended = told.times.get("answered_at"), told.times.get("released_at")
    return None if answered is None or ended is None else int((ended - answered).total_seconds())
