"""The customer's steps inside of blocks, with captured values, and known failures in rounds."""

from simulator.scenario.results import Status
from tests.scenario.stages import BOUND, lines, played, story
from tests.scenario.test_demands import answering, at

CALL = "  - call: {caller: A, dialled: X, outcome: busy, as: call}\n"
STEPS = """\
  - parallel:
      - - wait: 5s
        - customer: {path: "/probe/{call}", until: {fields: {state: released}}, within: 2s}
          capture: {seen: cdrs}
      - - wait: 3s
        - probe: {of: call, events: {callin: "${n}"}}
  - repeat:
      times: 2
      steps:
        - expect: {of: call, hangup_cause: 8101}
          known_failure: told as busy
        - customer: {path: "/probe/${calls.call.id}", expect: {fields: {cdrs: "${seen}", hangup_cause: "${cause}"}}}
  - expect: {of: call, count: {fee: "${n}"}, by: {fee: 1m}}
    when: seen == 1
  - optional:
      steps:
        - await_request: {operation: bind, within: 20ms}
"""


async def test_customer_steps_stand_in_blocks_and_use_captured_values():
    scenario = story(BOUND + CALL + STEPS, "variables: {cause: 8102, n: 1}\n")
    watcher = await played(scenario)
    (result,) = watcher.ended
    assert result.status is Status.KNOWN, lines(result)
    assert [one.step for one in result.known] == ["step 4[1].1, expect", "step 4[2].1, expect"]
    assert len(watcher.of_kind("customer_request")) == 3
    (remark,) = result.remarks
    assert "await_request bind failed: expected the customer asks bind within 0.02s" in remark


async def test_what_an_expectation_in_a_round_says_is_not_unexpected():
    steps = (
        "  - repeat:\n      times: 2\n      as: round\n      steps:\n"
        '        - call: {caller: A, dialled: X, outcome: busy, as: "call${round}"}\n'
        '        - expect: {of: "call${round}", notifications: [callin, callout, disconnect, fee], acknowledged: false}\n'
    )
    async with answering(500) as url:
        (result,) = (await played(story(BOUND + steps), options=at(url))).ended
    assert result.status is Status.PASSED, lines(result)
