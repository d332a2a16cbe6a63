"""Applications are isolated: each has its own, what one forgets the others keep, and a number has one owner."""

from datetime import timedelta

import pytest

from simulator.exchange.apps import NumberSpec
from simulator.telephony.commands.axb import BindAxb, ModifyAxb, QueryAxb, UnbindAxb
from simulator.telephony.errors import NotPossible, Reason, Refused
from tests.exchange.stage import FAILED, KEY, OK, START, A, B, C, Stage, X, always, app_spec

OTHER_X = "+8613800000099"


@pytest.fixture
def stage() -> Stage:
    """Two applications, the other one with a failing call and a binding that expires."""
    stage = Stage()
    stage.bind(lifetime_seconds=7200)
    stage.other = stage.exchange.add_app(app_spec("other", numbers=(NumberSpec(OTHER_X, "0755"),)))
    stage.exchange.axb.bind(stage.other, BindAxb(A, B, x_number=OTHER_X, record=True))
    return stage


def containers(stage: Stage) -> dict[str, int]:
    """The size of everything that the exchange holds on to."""
    outbox, calls = stage.exchange.outbox, stage.exchange._calls
    return {
        "ready": len(outbox.ready), "chains": len(outbox._chains), "late": len(outbox._late),
        "windows": len(outbox._windows), "by_notification": len(outbox._by_notification), "kept": len(outbox._kept),
        "retries": len(outbox.retries), "open": sum(outbox._open.values()), "calls": len(calls._kept),
        "recordings": len(calls.recordings), "tokens": len(calls.recordings._by_token),
        "unannounced": len(calls.recordings._unannounced), "deletions": len(calls.recordings._deletions),
        "deadlines": len(stage.exchange.deadlines),
    }  # fmt: skip


NOTHING = dict.fromkeys(containers(Stage()), 0)


def busy_app(stage: Stage) -> None:
    """Calls of the first application in every phase: ended and retried, recorded, talking, in a merge window."""
    stage.answers = always(FAILED)
    stage.dial()
    stage.exchange.axb.modify(stage.app, ModifyAxb(next(iter(stage.app.bindings)).subscription_id, {"record": True}))
    stage.dial(talks_seconds=20)
    stage.pass_by(22.5)
    stage.dial(B)
    stage.dial(talks_seconds=9)
    stage.pass_by(1)
    assert min(containers(stage)[name] for name in ("windows", "retries", "calls", "recordings", "unannounced")) > 0


# --- adding and changing ---


def test_an_app_key_and_a_number_have_one_owner(stage: Stage) -> None:
    with pytest.raises(NotPossible, match="there is an application 'axb-demo' already"):
        stage.exchange.add_app(app_spec())
    with pytest.raises(NotPossible, match="is an X number of application axb-demo already; X has one owner"):
        stage.exchange.add_app(app_spec("third", numbers=(NumberSpec(X, "010"),)))
    with pytest.raises(NotPossible, match="is an X number of application other already"):
        stage.exchange.add_numbers(KEY, [NumberSpec("+8613800000050", "010"), NumberSpec(OTHER_X, "010")])
    assert [app.app_key for app in stage.exchange.apps()] == [KEY, "other"]
    assert len(stage.app.pool) == 2


def test_numbers_can_be_added_and_used_at_once(stage: Stage) -> None:
    (added,) = stage.exchange.add_numbers(KEY, [NumberSpec("+8613800000050", "010")])
    assert added.number == "+8613800000050"
    assert stage.bind(x_number=added.number).x_number == added.number
    assert stage.rows("state_change")[-2].as_json()["numbers"] == ["+8613800000050"]


def test_an_application_is_changed_member_by_member_and_keeps_its_bindings(stage: Stage) -> None:
    stage.exchange.change_app(KEY, sms=False)
    assert (stage.app.spec.sms, stage.app.spec.recording, len(stage.app.bindings)) == (False, True, 1)
    assert stage.exchange.app(KEY) is stage.app


def test_a_changed_profile_holds_at_once_in_every_part(stage: Stage) -> None:
    stage.change_profile(
        pairs_per_x=1, retry_minutes=[2], platform_ring_limit_seconds=30, landline_caller="allowed", call_host="h"
    )
    with pytest.raises(Refused) as refused:
        stage.bind(C, "+8613900000004")
    assert refused.value.reason is Reason.X_IS_FULL
    stage.answers = always(FAILED)
    stage.dial(outcome="no_answer", rings_seconds=30)
    stage.pass_by(600)
    assert stage.bodies("disconnect")[0]["statusInfo"]["stateCode"] == 8035
    assert stage.kinds().count("callin") == 2
    assert stage.cdrs()[0]["hostName"] == "h"


@pytest.mark.parametrize("do", ["change_app", "remove_app", "add_numbers", "reset"])
def test_an_unknown_application_is_refused_with_those_that_exist(stage: Stage, do: str) -> None:
    arguments = {"add_numbers": ([],)}.get(do, ())
    with pytest.raises(NotPossible, match="no application 'nobody'; there is axb-demo, other"):
        getattr(stage.exchange, do)("nobody", *arguments)


# --- forgetting ---


@pytest.mark.parametrize("how", ["reset", "reset all", "remove"])
def test_a_forgotten_application_leaves_nothing_behind(how: str) -> None:
    stage = Stage()
    stage.bind(lifetime_seconds=7200)
    busy_app(stage)
    if how == "remove":
        stage.exchange.remove_app(KEY)
    else:
        stage.exchange.reset(KEY if how == "reset" else None)
    assert containers(stage) == NOTHING
    sent = len(stage.sent)
    stage.pass_by(30 * 86400)
    assert len(stage.sent) == sent
    assert [row.as_json()["what"] for row in stage.rows("state_change")][-1] in ("reset", "app_removed")


def test_a_reset_of_one_application_leaves_the_others_alone(stage: Stage) -> None:
    played = stage.exchange.dial("other", stage.dial().dial.__class__(A, OTHER_X))
    busy_app(stage)
    stage.exchange.reset(KEY)
    assert (len(stage.app.bindings), len(stage.other.bindings)) == (0, 1)
    assert stage.exchange.calls() == (played,)
    assert {row.app_key for row in stage.exchange.journal.rows(limit=10**4)} == {"other", KEY}
    assert [row.kind for row in stage.exchange.journal.rows(where=lambda row: row.app_key == KEY)] == ["state_change"]
    stage.answers = always(OK)
    stage.pass_by(3600)
    assert {delivery.app_key for delivery in stage.exchange.deliveries()} == {"other"}
    assert stage.exchange.deliveries()[0].kind == "fee"


def test_after_a_reset_the_application_works_as_on_its_first_day(stage: Stage) -> None:
    busy_app(stage)
    stage.exchange.reset()
    stage.sent.clear()
    stage.answers = always(OK)
    stage.bind()
    stage.dial()
    stage.pass_by(60)
    assert stage.kinds() == ["callin", "callout", "alerting", "answer", "disconnect", "fee"]
    assert len(stage.app.pool) == 2


def test_a_merge_window_from_before_a_reset_closes_nothing_afterwards(stage: Stage) -> None:
    stage.dial(outcome="busy")
    stage.pass_by(1.5)  # its window closes at 2
    stage.exchange.reset()
    stage.sent.clear()
    stage.bind()
    stage.dial(outcome="busy")
    stage.pass_by(60)
    fee_at = [at for at, delivery in stage.sent if delivery.kind == "fee"]
    assert fee_at == [START + timedelta(seconds=3.5)]


@pytest.mark.parametrize("how", ["reset", "remove"])
def test_an_attempt_in_flight_while_its_application_is_forgotten_ends_unnoticed(stage: Stage, how: str) -> None:
    stage.dial()
    stage.exchange.dial("other", stage.dial().dial.__class__(A, OTHER_X))
    flying = stage.start()
    stage.exchange.reset(KEY) if how == "reset" else stage.exchange.remove_app(KEY)
    before = stage.exchange.journal.last_position
    stage.end(flying, FAILED)
    assert stage.exchange.journal.last_position == before
    assert stage.exchange.outbox.in_flight == 0
    assert stage.exchange.delivery_of(flying.delivery_id) is None
    stage.work()
    assert {delivery.app_key for _, delivery in stage.sent[1:]} == {"other"}


def test_ids_are_never_issued_twice_over_a_reset_or_a_removal(stage: Stage) -> None:
    stage.exchange.reset()
    issued = {stage.bind().subscription_id}
    stage.exchange.remove_app(KEY)
    stage.app = stage.exchange.add_app(app_spec())
    issued.add(stage.bind().subscription_id)
    issued |= {row.as_json().get("subscription_id") for row in stage.rows("state_change")} - {None}
    assert len(issued) == len([row for row in stage.rows("state_change") if row.as_json()["what"] == "bound"])


def test_listeners_hear_of_every_reset(stage: Stage) -> None:
    heard: list[str | None] = []
    stage.exchange.on_reset(heard.append)
    stage.exchange.reset()
    stage.exchange.reset(KEY)
    assert heard == [None, KEY]


# --- unbind and query, by the profile ---


def test_an_own_x_without_bindings_answers_as_the_profile_says(stage: Stage) -> None:
    empty = "+8613800000002"
    assert stage.exchange.axb.unbind(stage.app, UnbindAxb(x_number=empty)) == ()
    assert stage.exchange.axb.query(stage.app, QueryAxb(x_number=empty)).total_count == 0
    stage.change_profile(axb_unbind_empty_x="1012007", axb_query_empty_x="1012007")
    for command in (
        lambda: stage.exchange.axb.unbind(stage.app, UnbindAxb(x_number=empty)),
        lambda: stage.exchange.axb.query(stage.app, QueryAxb(x_number=empty)),
    ):
        with pytest.raises(Refused) as refused:
            command()
        assert refused.value.reason is Reason.NO_SUCH_BINDING


def test_pages_count_from_one_and_say_how_many_there_are(stage: Stage) -> None:
    for n in range(3, 7):
        stage.bind(f"+861390000001{n}", f"+861390000002{n}")
    page = stage.exchange.axb.query(stage.app, QueryAxb(x_number=X, page_index=2, page_size=2))
    assert ([one.caller for one in page.bindings], page.total_count) == (["+8613900000014", "+8613900000015"], 5)
    past = stage.exchange.axb.query(stage.app, QueryAxb(x_number=X, page_index=9, page_size=2))
    assert (list(past.bindings), past.total_count) == ([], 5)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"caller": A}, True), ({"callee": B}, True), ({"caller": A, "callee": B}, True),
        ({"caller": B}, False), ({"callee": A}, False), ({"caller": A, "callee": C}, False), ({"caller": C}, False),
    ],
)  # fmt: skip
def test_a_pair_is_found_by_its_parties_in_their_roles(stage: Stage, asked: dict, found: bool) -> None:
    query = QueryAxb(x_number=X, **asked)
    if found:
        assert [one.caller for one in stage.exchange.axb.query(stage.app, query).bindings] == [A]
    else:
        with pytest.raises(Refused) as refused:
            stage.exchange.axb.query(stage.app, query)
        assert refused.value.reason is Reason.NO_SUCH_BINDING


@pytest.mark.parametrize(
    ("x_number", "hint"),
    [
        (X[1:], "X is written in global format"),
        (X[3:], "X is written in global format"),
        (f" {X[1:]}", "a \\+ in a URL query must be sent as %2B"),
        (OTHER_X, "is none of the application's 2 X numbers"),
    ],
)
def test_an_unknown_x_is_explained_by_the_mistake_that_was_probably_made(stage: Stage, x_number: str, hint: str):
    with pytest.raises(Refused, match=hint) as refused:
        stage.bind(C, "+8613900000004", x_number=x_number)
    assert refused.value.reason is Reason.X_NOT_OURS
