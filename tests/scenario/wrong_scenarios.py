"""Scenario files that are wrong, each with the whole of what is said of it."""

GOOD = """\
scenario: story
title: A reaches B
app: {mode: AXB, recording: true}
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X, record: true}
  - call: {caller: A, dialled: X, rings: 2s, talks: 16s, as: call}
  - expect:
      notifications: [callin, callout]
      of: call
      within: 30s
  - advance: 7d
  - request: {operation: recording_address, of: call}
    expect: {status: 403, resultcode: "1012007"}
"""

BIND_WORDS = (
    "of, user, caller, callee, number, y_number, extension, number_type, area, area_match, power, display, direction, "
    "duration, y_duration, time_unit, expires, callback_expires, callback_number, callback_tone, record, record_tone, "
    "ring_tone, ring_tone_y, max_minutes, last_minute_tone, sms, caller_tone, callee_tone, user_data, as, number_as, expect"
)
OUTCOMES = "answered, no_answer, rejected, refused, busy, unreachable, powered_off, suspended, nonexistent, abandoned"
STEPS = (
    "bind, unbind, modify, query, terminate, set_callee, request, call, sms, release, number_status, arrears, advance, "
    "faults, wait, repeat, for_each, optional, parallel, if, go_to, include, customer, await_request, probe, expect"
)


def wrong(old: str, new: str, sentence: str) -> tuple[str, str, str]:
    """What is put in place of what, and what is then said."""
    return old, new, sentence


WRONG = [
    wrong(
        "mode: AXB",
        "mode: AXY",
        "story.yaml:3:13: app.mode is 'AXY', instead of one of: AX, AXB, AXE, AXYB, X; did you mean 'AXYB'?",
    ),
    wrong("recording: true", "recording: yes", "story.yaml:3:29: app.recording is 'yes', instead of true or false"),
    wrong(
        "recording: true",
        "recroding: true",
        "story.yaml:3:18: app has no key 'recroding'; did you mean 'recording'? "
        "It knows: mode, edition, state, arrears, requests_per_minute, traffic_per_minute, recording, sms, features, "
        "voice_files, extension_digits, subscription_ids, number_pool, profile",
    ),
    wrong(
        "recording: true",
        "profile: {retry_minuts: [1]}",
        "story.yaml:3:28: app: [profile] retry_minuts is no setting; did you mean retry_minutes? "
        "`pnsim profile` lists all",
    ),
    wrong(
        "A: mobile",
        "A: +8613800000021",
        'story.yaml:4:11: cast.A is the number 8613800000021, instead of text in quotes: "+8613800000021"',
    ),
    wrong(
        "A: mobile",
        "A: moble",
        "story.yaml:4:11: cast.A is 'moble', instead of mobile, landline, number (an X number), or a number in quotes "
        "such as \"+8613800000021\"; did you mean 'mobile'?",
    ),
    wrong(
        "A: mobile",
        "4A: mobile",
        "story.yaml:4:8: a key of cast is '4A', instead of a name of letters, digits and _ that begins with a letter",
    ),
    wrong(
        "caller: A, callee: B",
        "callee: B",
        "story.yaml:6:11: bind lacks 'caller': A of AXB: a name of the cast, or a number in quotes",
    ),
    wrong(
        "number: X, record",
        "numbr: X, record",
        f"story.yaml:6:34: bind has no key 'numbr'; did you mean 'number'? It knows: {BIND_WORDS}",
    ),
    wrong(
        "record: true}",
        "record: true, max_minutes: 2000}",
        "story.yaml:6:72: bind.max_minutes is the number 2000, instead of a whole number from 0 to 1440",
    ),
    wrong(
        "record: true}",
        "record: true, area: 0755}",
        'story.yaml:6:65: bind.area is the number 755, instead of an area code in quotes with its 0, such as "0755"',
    ),
    wrong(
        "rings: 2s",
        "rings: 2",
        "story.yaml:7:42: call.rings is the number 2, instead of a duration such as 500ms, 2s, 3m, 1h or 7d",
    ),
    wrong(
        "rings: 2s",
        "rings: 2 sec",
        "story.yaml:7:42: call.rings is '2 sec', instead of a duration such as 500ms, 2s, 3m, 1h or 7d",
    ),
    wrong(
        "rings: 2s",
        "outcome: busi",
        f"story.yaml:7:44: call.outcome is 'busi', instead of one of: {OUTCOMES}; did you mean 'busy'?",
    ),
    wrong(
        "rings: 2s",
        "outcome: busy, hangup_cause: 8102",
        "story.yaml:7:35: outcome stands beside hangup_cause, instead of one of the two",
    ),
    wrong(
        "rings: 2s",
        "hangup_cause: 8192",
        "story.yaml:7:49: hangup_cause is 8192, instead of a code that `pnsim causes` lists; did you mean '8139'?",
    ),
    wrong(
        "dialled: X",
        "dialled: Xx",
        "story.yaml:7:32: dialled is 'Xx', instead of a name of the cast (A, B, X); did you mean 'X'?",
    ),
    wrong(
        "of: call\n",
        "of: cal\n",
        "story.yaml:10:11: of is 'cal', instead of a call made before (call); did you mean 'call'?",
    ),
    wrong(
        "[callin, callout]",
        "[callin, callot]",
        "story.yaml:9:31: expect.notifications[2] is 'callot', instead of one of: callin, collectInfo, callout, alerting, "
        "answer, disconnect, fee, numStatus, sms, sms_block; did you mean 'callout'?",
    ),
    wrong(
        "within: 30s",
        "witin: 30s",
        "story.yaml:11:7: expect has no key 'witin'; did you mean 'within'? It knows: notifications, of, acknowledged, "
        "exhausted, within, hangup_cause, attempts, fields, absent, one_batch, send_result, count, never, in_order, by, "
        "since, answers, asked",
    ),
    wrong(
        '"1012007"',
        "1012007",
        'story.yaml:14:39: expect.resultcode is the number 1012007, instead of text in quotes: "1012007"',
    ),
    wrong(
        "recording_address",
        "recording_adress",
        "story.yaml:13:26: request.operation is 'recording_adress', instead of one of: bind, unbind, modify, query, "
        "set_callee, list, count, recording_address, terminate; did you mean 'recording_address'?",
    ),
    wrong(
        "- advance: 7d",
        "- advence: 7d",
        f"story.yaml:12:5: a step has no key 'advence'; did you mean 'advance'? It knows: {STEPS}",
    ),
    wrong("- advance: 7d", "- 7d", f"story.yaml:12:5: a step is '7d', instead of a mapping with one of: {STEPS}"),
    wrong(
        "- advance: 7d",
        "- advance: 7d\n    release: {}",
        "story.yaml:13:5: a step does advance and release, instead of one thing: write two steps",
    ),
    wrong(
        "as: call}",
        "as: call}\n    expect: {status: 200}",
        "story.yaml:8:5: an expect stands beside call, instead of in a step of its own: put a '-' before it",
    ),
    wrong(
        "- call: {caller: A, dialled: X, rings: 2s, talks: 16s, as: call}\n",
        "- advance: 1s\n",
        "story.yaml:10:11: of is 'call', instead of a call made before; there is none\n"
        "story.yaml:13:49: of is 'call', instead of a call made before; there is none",
    ),
    wrong(
        "  - bind: {caller: A, callee: B, number: X, record: true}",
        "  - modify: {callee: B}",
        "story.yaml:6:13: modify says neither 'of' nor 'number', and no bind step stands before it",
    ),
    wrong(
        "scenario: story",
        "scenario: stories",
        "story.yaml:1:11: scenario is 'stories', instead of 'story', the file's name",
    ),
    wrong("title: A reaches B\n", "", "story.yaml:1:1: a scenario lacks 'title': the story in one sentence"),
    wrong("title: A reaches B", "title:", "story.yaml:2:1: title is empty, instead of text of 1 to 200 characters"),
    wrong("cast:", "app: {}\ncast:", "story.yaml:4:1: the key 'app' a second time, instead of once"),
    wrong(
        "cast:",
        "receiver: {answer: 500}\ncast:",
        "story.yaml:4:1: receiver says how the sample receiver misbehaves, but 'needs: sample_receiver' is missing: "
        "add it",
    ),
    wrong(
        "cast:",
        "needs: sample_receiver\nreceiver: {answer: 500, cut: true}\ncast:",
        "story.yaml:5:25: receiver is told to answer and cut, instead of one of them",
    ),
    wrong(
        "title: A reaches B",
        "title: &t A reaches B",
        "story.yaml:2:8: an anchor or alias (& or *), instead of the value itself: the language has none",
    ),
    wrong(
        "title: A reaches B",
        "title: !!python/name:os.system A",
        "story.yaml:2:8: the tag tag:yaml.org,2002:python/name:os.system, instead of a plain value: "
        "the language has none",
    ),
    wrong("steps:", "steps: [", "story.yaml:6:3: no YAML: expected the node content, but found '-'"),
    wrong(
        "scenario: story\n",
        "scenario: story\n---\n",
        "story.yaml:2:1: a second document, instead of one scenario a file",
    ),
]
