"""Requests to the customer's own API, and what the customer asks the platform by itself."""

from simulator.config.values import ProbeConfig
from simulator.scenario.customer_api import CustomerOptions
from simulator.scenario.performance import Options
from simulator.scenario.receiver import SampleReceiver
from simulator.scenario.results import Status
from tests.scenario.shops import shop
from tests.scenario.stages import BOUND, KEY, clocks, lines, played, result_of, story

ORDER = "caller: A, callee: B, x: X, platform: '{platform}', key: '{app_key}', secret: '{app_secret}'"
BIND = f"  - customer: {{path: /orders, body: {{{ORDER}}}}}\n"
ORDERED = f"{BIND}    capture: {{order: id}}\n"
CALL = "  - call: {caller: A, dialled: X, outcome: busy}\n"


def of(url: str, probe: ProbeConfig | None = None) -> Options:
    return Options(customer=CustomerOptions(named=url, probe=probe))


async def test_a_customers_flow_is_started_awaited_and_seen_to_its_end():
    steps = (
        ORDERED
        + "  - await_request: {operation: bind, words: {caller: A, callee: B, number: X}, status: 200, as: pair}\n"
        "  - call: {caller: A, dialled: X, outcome: busy}\n"
        "  - expect: {notifications: [callin, callout, disconnect, fee], fields: {fee: {subscriptionId: pair}}}\n"
        '  - customer: {path: "/orders/${order}?who={A}", headers: {X-Who: "{B}"}, until: {fields: {state: done}}, every: 10ms}\n'
        "  - unbind: {of: pair}\n"
        "  - expect: {asked: [{operation: bind, words: {number: X}, resultcode: '0', count: 1}]}\n"
    )
    async with shop() as seller:
        seller.polls_until_done = 3
        watcher = await played(story(steps), options=of(seller.url))
    (result,) = watcher.ended
    assert result.status is Status.PASSED, lines(result)
    cast = watcher.openings[0].cast
    first, *polls = seller.seen
    assert first[3]["caller"] == cast["A"]
    assert [path for _, path, _, _ in polls] == [f"/orders/1?who=%2B{cast['A'].removeprefix('+')}"] * 3
    assert polls[0][2]["X-Who"] == cast["B"]
    told = watcher.of_kind("customer_request")
    assert [(row["status"], row["times"]) for row in told] == [(201, 1), (200, 3)]


async def test_a_request_that_comes_later_is_awaited_with_the_clock_held():
    steps = (
        f"  - customer: {{path: /orders, body: {{{ORDER}, later: true}}}}\n"
        "  - await_request: {operation: bind, number_as: Y}\n"
        "  - call: {caller: A, dialled: Y, outcome: busy}\n"
    )
    async with shop() as seller:
        watcher = await played(story(steps), options=of(seller.url))
    assert watcher.ended[0].status is Status.PASSED, lines(watcher.ended[0])
    assert [name for name, _ in watcher.names] == ["Y"]


async def test_a_request_that_never_comes_fails_with_the_nearest_one_in_full():
    steps = BIND + "  - await_request: {operation: bind, words: {caller: B}, within: 50ms}\n"
    async with shop() as seller:
        watcher = await played(story(steps), options=of(seller.url))
    result, cast = watcher.ended[0], watcher.openings[0].cast
    assert result.status is Status.FAILED
    said = lines(result)
    assert said.startswith("story.yaml:6:5: step 2 of 2, await_request bind\n")
    assert f"  expected  the customer asks bind with caller = '{cast['B']}' within 0.05s (wall time)\n" in said
    assert f'  nearest   bind {{"callerNum":"{cast["A"]}"' in said
    assert said.endswith(f"answered 200 0: callerNum = '{cast['B']}', but it has '{cast['A']}'")


async def test_a_customer_that_asks_nothing_fails_the_wait_and_says_so():
    result = await result_of(story(BOUND + "  - await_request: {operation: bind, within: 20ms}\n"))
    assert "  got       no request to the platform" in lines(result)


async def test_a_request_that_no_step_is_about_fails_the_run_unless_it_is_allowed():
    async with shop() as seller:
        result = await result_of(story(BIND), options=of(seller.url))
        allowed = await result_of(story(BIND, "allow: {requests: [bind]}\n"), options=of(seller.url))
        counted = await result_of(
            story(f"{BIND}  - expect: {{asked: [{{operation: bind, count: 2}}], within: 1s}}\n"), options=of(seller.url)
        )
    said = lines(result)
    assert result.status is Status.FAILED
    assert said.startswith(
        "story.yaml:1:1: after the last step\n  expected  no request of the customer to the platform"
    )
    assert "\n  got       bind callerNum = '+86" in said
    assert "nearest   allow: {requests: true} in the scenario lets it pass, or an await_request step" in said
    assert allowed.status is Status.PASSED, lines(allowed)
    assert "  expected  the customer asked bind 2 times\n  got       once" in lines(counted)


async def test_a_request_is_awaited_once_only():
    steps = BIND + "  - await_request: {operation: bind}\n  - await_request: {operation: bind, within: 20ms}\n"
    async with shop() as seller:
        result = await result_of(story(steps), options=of(seller.url))
    assert "answered 200 0 (an earlier step was about it)" in lines(result)


async def test_an_answer_of_the_customers_api_is_judged_by_status_members_schema_and_time():
    async def said(expect: str, path: str = "/orders") -> str:
        async with shop() as seller:
            step = f'  - customer: {{path: "{path}", expect: {expect}}}\n'
            return lines(await result_of(story(step), options=of(seller.url)))

    assert await said("{status: 201, fields: {id: 1, lines.0.item: tea}, absent: [error], within: 5s}") == ""
    assert '/orders answered 200\n  got       201 {"id": 1' in await said("{status: 200}")
    wrong = await said("{fields: {lnes: 1}}")
    assert "  expected  lnes = 1\n  got       nothing\n  nearest   did you mean 'lines'?; GET http://127" in wrong
    assert "an answer without id\n  got       id = 1\n  nearest   GET http://127.0.0.1:" in await said("{absent: [id]}")
    schema = await said("{schema: {properties: {id: {type: string}}}}")
    assert "answered with what obeys the schema\n  got       201 {" in schema
    assert '  nearest   at /id: 1 is not of type "string"' in schema
    assert "answered with JSON\n  got       200 just words" in await said("{fields: {id: 1}}", "/text")
    assert "answered within 0s\n  got       it took 0." in await said("{within: 0s}")


async def test_a_redirect_is_not_followed_and_is_no_success():
    async with shop() as seller:
        result = await result_of(story("  - customer: {path: /elsewhere}\n"), options=of(seller.url))
    assert "/elsewhere answered 200 to 299\n  got       302" in lines(result)
    assert len(seller.seen) == 1


async def test_until_says_how_often_it_asked_and_what_came_last():
    step = "  - customer: {path: /orders/1, until: {fields: {state: done}}, every: 10ms, within: 60ms}\n"
    async with shop() as seller:
        seller.polls_until_done = 1000
        result = await result_of(story(step), options=of(seller.url))
    said = lines(result)
    assert "story.yaml:5:5: step 1 of 1, customer GET /orders/1: asked " in said
    assert " times within 0.06s, the last time:\n  expected  state = 'done'\n  got       'open'" in said
    assert said.endswith('answered 200 {"state": "open"}')


async def test_an_api_that_is_down_or_not_declared_is_said():
    gone = await result_of(story("  - customer: {path: /x}\n"), options=of("http://127.0.0.1:9"))
    assert "GET http://127.0.0.1:9/x answered\n  got       connection refused by 127.0.0.1:9" in lines(gone)
    steps = "  - customer: {path: /x}\n    capture: {n: id}\n"
    async with shop() as seller:
        seller.answer = {"no": "id"}
        result = await result_of(story(steps), options=of(seller.url))
    assert "capture n: what the step gave has no 'id'. It has: no" in lines(result)


async def test_the_scenario_may_say_where_the_api_is_and_a_flag_beats_it():
    async with shop() as first, shop() as second:
        header = f'customer: {{url: "{first.url}", headers: {{X-Test: "7"}}}}\n'
        assert (await result_of(story("  - customer: {path: /x}\n", header))).status is Status.PASSED
        await result_of(story("  - customer: {path: /x}\n", header), options=of(second.url))
        await result_of(story(f'  - customer: {{url: "{first.url}/whole"}}\n', header), options=of(second.url))
    assert [path for _, path, _, _ in first.seen] == ["/x", "/whole"]
    assert [path for _, path, _, _ in second.seen] == ["/x"]
    assert first.seen[0][2]["X-Test"] == "7"


async def test_a_scenario_that_asks_an_api_that_nobody_named_is_skipped_beside_a_real_receiver():
    async with SampleReceiver(KEY, clocks().wall_now) as receiver:
        options = Options(receivers={"status": f"{receiver.url}/status"}, forced=True)
        result = await result_of(story("  - customer: {path: /x}\n"), options=options)
    assert result.status is Status.SKIPPED
    assert "it asks the customer's own API, and none is named: --customer URL" in lines(result)


async def test_a_probe_is_asked_where_the_customer_says_it_counts():
    steps = (
        BOUND
        + CALL
        + "  - expect: {notifications: [callin, callout, disconnect, fee]}\n  - probe: {cdrs: 1, within: 60ms}\n"
    )
    async with shop() as seller:
        seller.answer = {"books": {"cdrs": 1}}
        probe = ProbeConfig(path="/counted?call={session_id}", cdrs="books.cdrs")
        good = await result_of(story(steps), options=of(seller.url, probe))
        bad = await result_of(story(steps), options=of(seller.url, ProbeConfig(path="/counted/{session_id}")))
        unasked = await result_of(story(steps), options=of(seller.url))
    assert good.status is Status.PASSED, lines(good)
    assert seller.seen[0][1].startswith("/counted?call=1")
    assert "  expected  cdrs = 1 counted by the customer\n  got       nothing\n  nearest   GET http://" in lines(bad)
    assert (unasked.status, unasked.unprobed) == (Status.PASSED, 1)
    assert unasked.remarks == (
        "a probe was not judged: where the customer says what it counted is for --customer and --probe, or [customer.probe]",
    )


async def test_a_number_that_was_captured_is_text_where_text_is_wanted():
    steps = (
        "  - customer: {path: /orders, body: {}}\n    capture: {order: id}\n"
        '  - customer: {path: "/orders/${order}", method: POST, headers: {X-Order: "${order}"}, body: {n: "${order}"}}\n'
        '  - bind: {caller: A, callee: B, number: X, user_data: "${order}", record: "${yes}"}\n'
    )
    async with shop() as seller:
        result = await result_of(story(steps, "variables: {yes: true}\n"), options=of(seller.url))
    assert result.status is Status.PASSED, lines(result)
    assert (seller.seen[1][2]["X-Order"], seller.seen[1][3]) == ("1", {"n": 1})
    variable = story("  - bind: {caller: A, callee: B, number: X, user_data: '${n}'}\n", "variables: {n: 17}\n")
    assert variable.steps[0].words["user_data"] == "17"  # type: ignore[union-attr]  # a bind is an Ask
