"""What an AXYB call leaves behind: a Y for an unknown caller, events and CDRs (axe_axyb_x.md 2.0, notifications.md 3.1)."""

import pytest

from simulator.exchange.apps import NumberSpec
from simulator.telephony.bindings.axyb import AxBinding, YbBinding
from simulator.telephony.commands.axyb import BindAx, BindYb, UnbindAxyb
from simulator.telephony.commands.calls import Dial
from tests.exchange.stage import A, B, C, Stage, without

X, Y = "+8617000000001", "+8617000000002"


class Axyb(Stage):
    """A stage whose application is one of AXYB, with an A behind X."""

    def __init__(self, *, numbers: int = 2, profile: dict | None = None, **of_a: object) -> None:
        pool = tuple(NumberSpec(f"+861700000000{n}", "0755") for n in range(1, numbers + 1))
        super().__init__(mode="AXYB", numbers=pool, profile=profile)
        self.ax: AxBinding = self.exchange.axyb.bind_ax(self.app, BindAx(A, "0755", **of_a))  # type: ignore[arg-type]
        assert self.ax.x_number == X

    def tie(self, peer: str = B, **members: object) -> YbBinding:
        command = BindYb(peer, self.ax.subscription_id, **members)  # type: ignore[arg-type]
        return self.exchange.axyb.bind_yb(self.app, command)

    def play(self, caller: str, dialled: str, **wish: object) -> dict:
        """The CDR of a call."""
        self.exchange.dial(self.app.app_key, Dial(caller, dialled, **wish))  # type: ignore[arg-type]
        self.pass_by(60)
        return self.cdrs()[-1]


def leg(body: dict) -> tuple[object, object]:
    return body["statusInfo"]["caller"], body["statusInfo"]["called"]


KINDS = ("callin", "callout", "alerting", "answer", "disconnect")


def test_a_call_of_b_in_events_and_cdr() -> None:
    stage = Axyb(user_data="u", record=True)
    stage.tie()
    record = stage.play(B, X)
    assert [leg(stage.bodies(kind)[0]) for kind in KINDS] == [(B, X), *[(Y, A)] * 4]
    for kind in KINDS:
        info = stage.bodies(kind)[0]["statusInfo"]
        assert (info["subscriptionId"], info["userData"]) == (stage.ax.subscription_id, "u")
    expected = {
        "direction": 0, "bindNum": X, "callerNum": B, "calleeNum": X, "fwdDisplayNum": Y, "fwdDstNum": A,
        "subscriptionId": stage.ax.subscription_id, "userData": "u", "serviceType": "007", "recordFlag": 1,
    }  # fmt: skip
    assert {name: record[name] for name in expected} == expected
    assert stage.exchange.violations == 0


@pytest.mark.parametrize(("setting", "bound"), [("x", X), ("dialled", Y)])
def test_a_call_of_a_in_events_and_cdr(setting: str, bound: str) -> None:
    stage = Axyb(user_data="u", profile={"axyb_bind_num": setting})
    stage.tie(user_data="b's")
    record = stage.play(A, Y)
    assert [leg(stage.bodies(kind)[0]) for kind in KINDS] == [(A, Y), *[(X, B)] * 4]
    assert {stage.bodies(kind)[0]["statusInfo"]["userData"] for kind in KINDS} == {"b's"}
    expected = {
        "direction": 1, "bindNum": bound, "callerNum": A, "calleeNum": Y, "fwdDisplayNum": X, "fwdDstNum": B,
        "userData": "b's", "recordFlag": 0,
    }  # fmt: skip
    assert {name: record[name] for name in expected} == expected
    assert stage.exchange.violations == 0


def test_an_unknown_caller_has_a_y_as_soon_as_the_call_was_dialled() -> None:
    stage = Axyb(yb_lifetime_seconds=600)
    played = stage.exchange.dial(stage.app.app_key, Dial(B, X))
    relations = stage.exchange.axyb.query(stage.app, query_of(stage))
    [yb] = relations.peers
    assert (yb.peer, yb.y_number, yb.automatic, yb.lifetime_seconds) == (B, Y, True, 600)
    assert played.call.route.shown == Y
    assert stage.play(A, Y)["fwdDstNum"] == B


def query_of(stage: Axyb):
    from simulator.telephony.commands.axyb import QueryAxyb

    return QueryAxyb(stage.ax.subscription_id)


def test_the_same_caller_gets_one_y_and_keeps_it() -> None:
    stage = Axyb(numbers=5)
    for _ in range(3):
        assert stage.play(B, X)["fwdDisplayNum"] == Y
    assert len(stage.app.bindings) == 2


def test_two_callers_at_one_instant_get_two_ys() -> None:
    stage = Axyb(numbers=3, profile={"forward_delay_seconds": 5})
    shown = [stage.exchange.dial(stage.app.app_key, Dial(caller, X)).call.route.shown for caller in (B, C)]
    assert len(set(shown)) == 2


def test_a_call_that_cannot_be_leaves_no_y() -> None:
    for cause, of_a, numbers in ((8031, {}, 1), (8016, {"direction": 1}, 2)):
        stage = Axyb(numbers=numbers, **of_a)
        record = stage.play(B, X)
        assert (record["ulFailReason"], record["subscriptionId"]) == (cause, stage.ax.subscription_id)
        assert record["bindNum"] == X
        assert len(stage.app.bindings) == 1


def test_a_refused_wish_leaves_no_y() -> None:
    stage = Axyb()
    with pytest.raises(Exception, match="no outcome"):
        stage.exchange.dial(stage.app.app_key, Dial(B, X, outcome="busi"))
    assert len(stage.app.bindings) == 1


def test_a_call_in_progress_survives_the_end_of_its_binding() -> None:
    stage = Axyb(lifetime_seconds=60)
    stage.exchange.dial(stage.app.app_key, Dial(B, X, talks_seconds=300))
    stage.pass_by(61)
    assert len(stage.app.bindings) == 0
    stage.pass_by(400)
    assert stage.cdrs()[-1]["ulFailReason"] == 0


def test_what_ended_is_told_with_its_reason() -> None:
    stage = Axyb(numbers=3, lifetime_seconds=600)
    stage.tie(B, yb_lifetime_seconds=60)
    yb = stage.tie(C)
    stage.pass_by(60)
    stage.exchange.axyb.unbind(stage.app, UnbindAxyb(stage.ax.subscription_id))
    ended = [(type(one.binding), one.why) for one in stage.app.ended]
    assert ended == [(YbBinding, "expired"), (YbBinding, "unbound"), (AxBinding, "unbound")]
    assert stage.app.ended[1].binding is yb
    whats = [row.as_json()["what"] for row in stage.rows("state_change")]
    assert whats[-6:] == ["bound", "bound", "bound", "expired", "unbound", "unbound"]


def test_a_removed_application_leaves_no_deadline() -> None:
    stage = Axyb(lifetime_seconds=600)
    stage.tie(yb_lifetime_seconds=60)
    assert len(stage.exchange.deadlines) == 2
    stage.exchange.remove_app(stage.app.app_key)
    assert len(stage.exchange.deadlines) == 0


def test_the_control_plane_shows_both_kinds_of_binding() -> None:
    from simulator.control.shapes import binding, number

    stage = Axyb()
    stage.tie()
    shown = [binding(one) for one in stage.app.bindings]
    assert [without(one, "relation_id", "subscription_id", "changed_at")["user"] for one in shown] == [A, A]
    assert [number(one, stage.app)["pairs"] for one in stage.app.pool] == [2, 1]
