"""Scenario files whose customer's part is wrong, each with the whole of what is said of it."""

GOOD = """\
scenario: story
title: The customer starts it, and is asked what it counted
customer: {url: "http://127.0.0.1:9000", headers: {X-Test: "1"}}
allow: {answers: [callin], requests: [query]}
cast: {A: mobile, B: mobile, X: number}
steps:
  - customer: {path: /orders, body: {caller: A, callee: "{B}"}, timeout: 5s}
  - await_request: {operation: bind, words: {caller: A}, within: 5s, as: pair, number_as: Y}
  - call: {caller: A, dialled: Y, as: first}
  - expect:
      of: first
      by: {fee: 1m}
      since: step
      in_order: [first.callin, first.fee]
      answers: {callin: {status: 200, within: 500ms}}
      asked: [{operation: bind, count: 1}]
  - expect: {never: [sms], within: 1m}
    known_failure: an SMS still comes
  - probe: {of: first, cdrs: 1}
  - customer: {path: "/orders/1", until: {fields: {state: done}}, every: 200ms, within: 3s}
"""
KINDS = "callin, collectInfo, callout, alerting, answer, disconnect, fee, numStatus, sms, sms_block"
OPERATIONS = "bind, unbind, modify, query, set_callee, list, count, recording_address, terminate"
OF_AXB = "bind, unbind, modify, query, recording_address, terminate"
CUSTOMER = "method, path, url, headers, body, timeout, expect, until, every, within"
BIND_WORDS = (
    "caller, callee, number, area, area_match, direction, duration, record, record_tone, max_minutes, last_minute_tone, "
    "sms, caller_tone, callee_tone, user_data"
)


def wrong(old: str, new: str, sentence: str) -> tuple[str, str, str]:
    """What is put in place of what, and what is then said."""
    return old, new, sentence


WRONG = [
    wrong(
        "path: /orders, body",
        "pth: /orders, body",
        f"story.yaml:7:16: customer has no key 'pth'; did you mean 'path'? It knows: {CUSTOMER}",
    ),
    wrong(
        "path: /orders, body",
        "path: orders, body",
        "story.yaml:7:22: customer.path is 'orders', instead of a path such as /orders/${order}",
    ),
    wrong("path: /orders, body", "body", "story.yaml:7:15: customer says neither path nor url, instead of one of them"),
    wrong(
        "path: /orders, body",
        'path: /orders, url: "http://127.0.0.1/", body',
        "story.yaml:7:15: customer says path and url, instead of one of them",
    ),
    wrong(
        "path: /orders, body",
        "method: GET, path: /orders, body",
        "story.yaml:7:44: body stands beside method GET, instead of POST, PUT or PATCH",
    ),
    wrong(
        "path: /orders, body",
        "method: FETCH, path: /orders, body",
        "story.yaml:7:24: customer.method is 'FETCH', instead of one of: GET, POST, PUT, PATCH, DELETE; "
        "did you mean 'PATCH'?",
    ),
    wrong(
        '"{B}"',
        '"{C}"',
        "story.yaml:7:37: body names {C}, instead of a name that stands for something (A, B, X, platform, app_key, "
        "app_secret)",
    ),
    wrong(
        "timeout: 5s",
        "within: 3s",
        "story.yaml:7:65: within stands without until, which it is for: say what to wait for, or take it out",
    ),
    wrong(
        'customer: {url: "http://127.0.0.1:9000"',
        'customer: {url: "127.0.0.1:9000"',
        "story.yaml:3:17: customer.url is '127.0.0.1:9000', instead of an address such as http://127.0.0.1:9000",
    ),
    wrong(
        'X-Test: "1"',
        "X-Test: 1",
        'story.yaml:3:60: customer.headers.X-Test is the number 1, instead of text in quotes: "1"',
    ),
    wrong(
        "answers: [callin]",
        "answers: [calling]",
        f"story.yaml:4:19: allow.answers[1] is 'calling', instead of one of: {KINDS}; did you mean 'callin'?",
    ),
    wrong(
        "requests: [query]",
        "requests: [set_callee]",
        f"story.yaml:4:39: set_callee is no operation of mode AXB, instead of one of: {OF_AXB}",
    ),
    wrong(
        "operation: bind, words",
        "operation: bnd, words",
        f"story.yaml:8:32: await_request.operation is 'bnd', instead of one of: {OPERATIONS}; did you mean 'bind'?",
    ),
    wrong(
        "words: {caller: A}",
        "words: {calller: A}",
        f"story.yaml:8:46: bind of mode AXB has no key 'calller'; did you mean 'caller'? It knows: {BIND_WORDS}",
    ),
    wrong(
        "words: {caller: A}",
        "words: {duration: 5}",
        "story.yaml:8:56: words.duration is the number 5, instead of a duration such as 500ms, 2s, 3m, 1h or 7d",
    ),
    wrong(
        "operation: bind, words: {caller: A}, within: 5s, as: pair, number_as: Y",
        "operation: unbind, as: pair",
        "story.yaml:8:40: as stands beside unbind, instead of bind: only a bind makes something\n"
        "story.yaml:9:32: dialled is 'Y', instead of a name of the cast (A, B, X)",
    ),
    wrong(
        "by: {fee: 1m}",
        "count: {fee: 1}",
        "story.yaml:13:7: since stands without by, which it is for: add by, or take it out",
    ),
    wrong(
        "by: {fee: 1m}",
        "by: {fee: 60}",
        "story.yaml:12:17: expect.by.fee is the number 60, instead of a duration such as 500ms, 2s, 3m, 1h or 7d",
    ),
    wrong(
        "first.fee]",
        "frist.fee]",
        "story.yaml:14:32: in_order names 'frist', instead of a call, SMS or X number made before (first, X, Y); "
        "did you mean 'first'?",
    ),
    wrong(
        "first.fee]",
        "first.fees]",
        f"story.yaml:14:32: in_order names 'fees', instead of a kind of notification ({KINDS}); did you mean 'fee'?",
    ),
    wrong(
        "first.fee]",
        "first]",
        "story.yaml:14:32: expect.in_order[2] is 'first', instead of a call, SMS or X number and a kind of "
        "notification, such as first.fee",
    ),
    wrong(
        "never: [sms]",
        "never: [sms], notifications: [sms]",
        "story.yaml:17:14: never has sms, which notifications has too: it cannot be both",
    ),
    wrong(
        "status: 200, within",
        "state: 200, within",
        "story.yaml:15:26: expect.answers.callin has no key 'state'; did you mean 'status'? It knows: acknowledged, "
        "status, fields, absent, schema, within, attempt",
    ),
    wrong(
        "status: 200, within",
        "schema: {type: objekt}, within",
        'story.yaml:15:34: schema is none that can be used: "objekt" is not valid under any of the schemas listed in '
        "the 'anyOf' keyword",
    ),
    wrong(
        "status: 200, within",
        "schema: answer.json, within",
        "story.yaml:15:34: schema names 'answer.json', which cannot be read: No such file or directory",
    ),
    wrong(
        "status: 200, within",
        "schema: a/../../b.json, within",
        "story.yaml:15:34: schema is 'a/../../b.json', instead of a file beside the scenario or below it",
    ),
    wrong(
        "status: 200, within",
        'schema: {$ref: "http://example.org/order.json"}, within',
        "story.yaml:15:34: schema is none that can be used: Resource 'http://example.org/order.json' is not present in "
        "a registry and retrieving it failed: ValueError: a schema refers to 'http://example.org/order.json': nothing "
        "is fetched, put it under $defs",
    ),
    wrong(
        "known_failure: an SMS still comes",
        "known_failure: true",
        "story.yaml:18:20: known_failure is true, instead of the reason in words of at most 200 characters",
    ),
    wrong(
        "probe: {of: first, cdrs: 1}",
        "probe: {of: first}",
        "story.yaml:19:12: probe says nothing that was counted, instead of one of: events, cdrs, state, hangup_cause",
    ),
    wrong(
        "probe: {of: first",
        "probe: {of: fist",
        "story.yaml:19:17: of is 'fist', instead of a call made before (first); did you mean 'first'?",
    ),
    wrong(
        "until: {fields: {state: done}}, every",
        "until: {fields: {state: done}}, expect: {status: 200}, every",
        "story.yaml:20:67: expect stands beside until, instead of one of them",
    ),
    wrong(
        "title: The",
        "property: idempotant\ntitle: The",
        "story.yaml:2:11: property is 'idempotant', instead of one of: idempotent, order_tolerant, late_tolerant, "
        "retry_safe, rejects_bad_signatures, rejects_old_requests, refuses_garbage, ignores_unknown_members, "
        "tolerates_missing_members, reads_any_framing, answers_in_time; did you mean 'idempotent'?",
    ),
]
