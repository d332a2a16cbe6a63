"""Steps of mode AX in a scenario: a query by A, and what each step is about when it does not say."""

from simulator.scenario.results import Status
from tests.scenario.stages import lines, played, result_of, story

HEADER = "app: {mode: AX}\n"
MISS = 'expect: {status: 403, resultcode: "1016001"}'


async def test_a_query_by_a_asks_for_a_and_not_for_the_latest_binding() -> None:
    result = await result_of(
        story(
            f"  - query: {{user: A, {MISS}}}\n"
            "  - bind: {user: A, number: X, as: first}\n"
            f"  - query: {{user: B, {MISS}}}\n"
            "  - query: {user: A, expect: {fields: {privateNumList.0.subscriptionId: first}}}\n"
            "  - query: {}\n",
            HEADER,
        )
    )
    assert result.status is Status.PASSED, lines(result)


async def test_a_modify_without_of_is_about_the_latest_binding_and_its_user_is_the_new_a() -> None:
    watcher = await played(
        story(
            "  - bind: {user: A, number: X}\n"
            "  - modify: {user: B, user_data: night}\n"
            "  - query: {expect: {fields: {privateNumList.0.origNum: B, privateNumList.0.userData: night}}}\n"
            "  - set_callee: {callee: C, user_data: trip}\n"
            "  - unbind: {}\n",
            HEADER,
        )
    )
    (result,) = watcher.ended
    assert result.status is Status.PASSED, lines(result)
    changes = [row["what"] for row in watcher.of_kind("state_change")]
    assert [what for what in changes if what in ("bound", "modified", "callee_set", "unbound")] == [
        "bound", "modified", "callee_set", "unbound",
    ]  # fmt: skip
