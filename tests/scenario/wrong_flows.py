"""Scenario files that go wrong in the steps that decide what is played, each with the whole of what is said of it."""

from tests.scenario.wrong_scenarios import wrong

GOOD = """\
scenario: story
title: A reaches B
cast: {A: mobile, B: mobile, X: number}
variables: {talk: 16s, order: {number: 17, who: A}, many: 2}
steps:
  - bind: {caller: A, callee: B, number: X, user_data: "order${order.number}"}
    capture: {pair_id: subscriptionId}
  - call: {caller: "${order.who}", dialled: X, talks: "${talk}", as: call}
    label: again
    when: many > 1
  - repeat: {times: 2, as: round, steps: [{advance: "${round}s"}]}
  - for_each: {in: [A, B], as: who, steps: [{call: {caller: "${who}", dialled: X, as: "of_${who}"}}]}
  - if: calls.call.hangup_cause == 0
    then: [{expect: {of: call, fields: {callin: {called: "${X}"}}}}]
    else: [{wait: 1s}]
  - optional: {within: 30s, steps: [{wait: 5s}]}
  - parallel: [[{wait: 5s}], [{wait: 3s}]]
  - go_to: {label: again, when: elapsed < 60, at_most: 3}
"""

KNOWN = "talk, order, many, A, B, X, pair_id, calls, sms, notifications, answer, bindings, elapsed"
BEFORE = "talk, order, many, A, B, X, calls, sms, notifications, answer, bindings, elapsed"
STEPS = (
    "bind, unbind, modify, query, terminate, set_callee, request, call, sms, release, number_status, arrears, advance, "
    "faults, wait, repeat, for_each, optional, parallel, if, go_to, include, customer, await_request, probe, expect"
)
GIVING = "bind, unbind, modify, query, set_callee, terminate, request, call, sms, customer, await_request, probe"
SEEN = "id, state, hangup_cause, send_result, kinds, told, notifications"

WRONG = [
    wrong(
        '"${talk}"',
        '"${tlak}"',
        f"story.yaml:8:55: ${{tlak}} stands for nothing, instead of a name that is known here ({KNOWN}); did you mean 'talk'?",
    ),
    wrong(
        "order${order.number}",
        "order${order.nmber}",
        "story.yaml:6:56: ${order.nmber} stands for nothing: order has no member 'nmber'; did you mean 'number'?",
    ),
    wrong(
        '"order${order.number}"',
        '"order${order}"',
        "story.yaml:6:56: ${order} is a list or a mapping, instead of a value that fits into a text: name one of its members",
    ),
    wrong(
        "order${order.number}",
        "order${pair_id}",
        f"story.yaml:6:56: ${{pair_id}} stands for nothing, instead of a name that is known here ({BEFORE})",
    ),
    wrong(
        "order${order.number}",
        "order${1 + 1}",
        "story.yaml:6:56: ${1 + 1} is no name, instead of ${name} or ${name.member}; conditions stand in `when` and `if`",
    ),
    wrong(
        "order${order.number}",
        "order${many",
        "story.yaml:6:56: 'order${many' opens a ${ and does not close it, instead of ${name}; $${ stands for ${ itself",
    ),
    wrong(
        '"${talk}"',
        '"${many}"',
        "story.yaml:8:55: call.talks is the number 2, instead of a duration such as 500ms, 2s, 3m, 1h or 7d",
    ),
    wrong(
        '"${order.who}"',
        '"${talk}x"',
        "story.yaml:8:20: call.caller is '16sx', instead of a name of the cast, or a number in quotes such as "
        '"+8613800000021"',
    ),
    wrong(
        "cast: {A",
        "cast: {talk",
        "story.yaml:4:13: the name 'talk' is one of the cast already, instead of free: take another",
    ),
    wrong(
        "{talk: 16s",
        "{calls: 16s",
        "story.yaml:4:13: the name 'calls' is always there already, instead of free: take another",
    ),
    wrong(
        "{pair_id:", "{many:", "story.yaml:7:15: the name 'many' is a variable already, instead of free: take another"
    ),
    wrong(
        "as: round",
        "as: pair_id",
        "story.yaml:11:28: the name 'pair_id' is captured already, instead of free: take another\n"
        "story.yaml:11:55: ${round} stands for nothing, instead of a name that is known here (talk, order, many, pair_id, "
        "A, B, X, calls, sms, notifications, answer, bindings, elapsed)",
    ),
    wrong(
        "    label: again\n",
        "    label: again\n    capture: {why: hangup_cuase}\n",
        f"story.yaml:10:20: capture.why is 'hangup_cuase', instead of what a call has ({SEEN}); did you mean 'hangup_cause'?",
    ),
    wrong(
        "  - optional:",
        "  - advance: 1s\n    capture: {why: state}\n  - optional:",
        f"story.yaml:17:5: capture stands beside advance, which gives nothing, instead of beside one of: {GIVING}",
    ),
    wrong(
        "many > 1",
        "mny > 1",
        f"story.yaml:10:11: when: the condition 'mny > 1' names 'mny', instead of a name that is known here ({KNOWN}); "
        "did you mean 'many'?",
    ),
    wrong(
        "many > 1",
        "many >",
        "story.yaml:10:11: when: the condition 'many >' is no condition: at its character 7: unexpected end",
    ),
    wrong(
        "many > 1",
        "${many} > 1",
        "story.yaml:10:11: when: the condition '${many} > 1' has ${many}, instead of the bare name: many",
    ),
    wrong(
        "many > 1",
        "len(talk) > 1",
        "story.yaml:10:11: when: the condition 'len(talk) > 1' calls 'len', instead of one of: size, has, startsWith, "
        "endsWith, contains, matches, int, uint, double, string, bool, type, min, max, duration, timestamp",
    ),
    wrong(
        "many > 1",
        '"[1].all(a, [1].all(b, [1].all(c, true)))"',
        "story.yaml:10:11: when: the condition '[1].all(a, [1].all(b, [1].all(c, true)))' has more than 2 of all, exists, "
        "exists_one, map, filter",
    ),
    wrong(
        "many > 1",
        "true" + " && true" * 70,
        "story.yaml:10:11: when is 'true && true && true && true && true && true && true && …', instead of a "
        'condition in CEL such as "calls.call.hangup_cause == 8102"',
    ),
    wrong(
        "if: calls.call.h",
        "if: calls.cal.h",
        "story.yaml:13:9: calls.cal is a call that no step before makes, instead of one that was made "
        "(call, of_A, of_B); did you mean 'call'?",
    ),
    wrong(
        "then: [{",
        "than: [{",
        "story.yaml:13:5: a step lacks 'then': the steps if it holds\n"
        "story.yaml:14:5: a step has no key 'than'; did you mean 'then'? It knows: if, then, else, when, label",
    ),
    wrong(
        "go_to: {label: again",
        "go_to: {label: agian",
        "story.yaml:18:20: label is 'agian', instead of one in this list of steps or one around it (again); "
        "did you mean 'again'?",
    ),
    wrong(
        "label: again, when: elapsed < 60",
        "label: again",
        "story.yaml:18:12: go_to goes back to 'again' whatever happens, instead of under a condition: add when, or use repeat",
    ),
    wrong(
        "at_most: 3",
        "at_most: 0",
        "story.yaml:18:56: go_to.at_most is the number 0, instead of a whole number from 1 to 1000",
    ),
    wrong(
        "[[{wait: 5s}]",
        "[[{wait: 5s}, {go_to: {label: again}}]",
        "story.yaml:17:45: label is 'again', instead of one in this list of steps or one around it; there is none",
    ),
    wrong(
        "    else: [{wait: 1s}]",
        "    else: [{wait: 1s, label: again}]",
        "story.yaml:15:30: label is 'again' a second time, instead of once: the first is in line 9",
    ),
    wrong(
        "[[{wait: 5s}], [{wait: 3s}]]",
        "[[{wait: 5s}]]",
        "story.yaml:17:15: parallel is a list of 1 item, instead of a list of 2 to 20 items",
    ),
    wrong(
        "times: 2",
        "times: 0",
        "story.yaml:11:21: repeat.times is the number 0, instead of a whole number from 1 to 1000",
    ),
    wrong(
        "times: 2,",
        'times: "${talk}",',
        "story.yaml:11:21: repeat.times is '16s', instead of a whole number from 1 to 1000",
    ),
    wrong(
        "in: [A, B]",
        "in: [A, C]",
        "story.yaml:12:61: caller is 'C', instead of a name of the cast (A, B, X)",
    ),
    wrong("in: [A, B]", "in: A", "story.yaml:12:20: for_each.in is 'A', instead of a list of 1 to 1000 items"),
    wrong(
        "in: [A, B]",
        'in: "${pair_id}"',
        "story.yaml:12:93: as is 'of_${who}', which is known only while it is played, instead of a name",
    ),
    wrong(
        "within: 30s",
        "within: 30",
        "story.yaml:16:24: optional.within is the number 30, instead of a duration such as 500ms, 2s, 3m, 1h or 7d",
    ),
    wrong(
        "[{wait: 3s}]]",
        "[{wiat: 3s}]]",
        f"story.yaml:17:32: a step has no key 'wiat'; did you mean 'wait'? It knows: {STEPS}",
    ),
    wrong(
        "steps: [{advance: ",
        "steps: [{repeat: {times: 1000, steps: [{wait: 1s}, {wait: 1s}, {wait: 1s}, {wait: 1s}, {wait: 1s}, {wait: 1s}]}}, "
        "{advance: ",
        "story.yaml:11:52: more than 10000 steps are planned up to here, instead of a story that ends",
    ),
    wrong(
        "[{wait: 1s}]",
        "[{repeat: {times: 2, steps: " * 5 + "[{wait: 1s}]" + "}}]" * 5,
        "story.yaml:15:124: repeat stands inside 5 other blocks, instead of inside fewer",
    ),
    wrong(
        "else: [{wait: 1s}]",
        "else: [{include: ../other.steps.yaml}]",
        "story.yaml:15:22: include is '../other.steps.yaml', instead of a file below the scenario's folder",
    ),
    wrong(
        "else: [{wait: 1s}]",
        "else: [{include: other.yaml}]",
        "story.yaml:15:22: include is 'other.yaml', instead of a file below the scenario's folder that ends with .steps.yaml",
    ),
    wrong(
        "variables:",
        "parameters: {many: [1]}\nvariables:",
        "story.yaml:5:53: the name 'many' is a parameter already, instead of free: take another (in the case 1)",
    ),
    wrong(
        "variables:",
        "parameters: [{talks: 1s}, {takls: 2s}]\nvariables:",
        "story.yaml:4:27: a row has takls, instead of what the first has: talks",
    ),
    wrong(
        "variables:",
        "parameters: {one: [1, 1]}\nvariables:",
        "story.yaml:4:13: two rows are called '1', instead of one: give them a parameter 'case' that tells them apart",
    ),
    wrong(
        "variables:",
        "parameters: {one: [1, 2, 3], two: [1, 2, 3], three: [1, 2, 3, 4], four: [1, 2, 3, 4, 5], five: [1, 2, 3, 4, 5, 6]}\n"
        "variables:",
        "story.yaml:4:13: parameters stand for 1080 cases, instead of at most 1000",
    ),
    wrong(
        "variables:",
        "parameters: []\nvariables:",
        "story.yaml:4:13: parameters is an empty list, instead of a list of 1 to 1000 items",
    ),
    wrong(
        "variables:",
        "parameters: none.csv\nvariables:",
        "story.yaml:4:13: parameters is 'none.csv', which is no file, instead of a CSV file beside the scenario",
    ),
    wrong(
        "title: A reaches B",
        'title: "${pair_id}"',
        "story.yaml:2:8: ${pair_id} stands for nothing, instead of a name that is known here (talk, order, many)",
    ),
]
