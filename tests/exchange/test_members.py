"""Nothing of an exchange is forgotten: every attribute of everything in it is state, or said to be something else."""

import gc
from dataclasses import fields, is_dataclass

import pytest

from simulator.contract.faults import rules as fault_rules
from simulator.exchange.exchange import Exchange
from simulator.exchange.members import PARTS, PLAIN, parts_of, register
from simulator.exchange.snapshots import snapshot
from simulator.telephony.commands.ax import BindAx
from simulator.telephony.commands.axb import BindAxb
from simulator.telephony.commands.axe import BindAxe
from simulator.telephony.commands.axyb import BindAx as BindAxyb
from simulator.telephony.commands.axyb import BindYb
from simulator.telephony.commands.calls import Dial
from tests.exchange.loglist import Machine, new_exchange
from tests.exchange.test_replay_machine import MODES, PEOPLE, numbers, spec

HAS_NO_STATE = {"AxMode", "XMode", "Clockwork", "Expiries", "Telling", "Deciding", "MessageTelling", "MessageDeciding",
                "NumberTelling", "Signal", "Journal", "Feed", "Tally", "Seconds"}  # fmt: skip
"""Parts that only know other parts, or count for metrics, which begin anew with every process."""


@pytest.fixture
def busy() -> Exchange:
    """An exchange that has something of everything."""
    exchange = new_exchange(Machine())
    apps = {mode: exchange.add_app(spec(mode)) for mode in MODES}
    first = {mode: numbers(mode)[0].number for mode in MODES}
    a, b, c = PEOPLE[:3]
    exchange.ax.bind(apps["AX"], BindAx(a, area_code="0755", record=True))
    exchange.axb.bind(apps["AXB"], BindAxb(a, b, first["AXB"], lifetime_seconds=60))
    exchange.axe.bind(apps["AXE"], BindAxe(a, first["AXE"], lifetime=1))
    bound = exchange.axyb.bind_ax(apps["AXYB"], BindAxyb(a, "0755"))
    exchange.axyb.bind_yb(apps["AXYB"], BindYb(b, bound.subscription_id))
    exchange.faults.put("app-axb", fault_rules([{"fault": "late"}], "AXB"))
    for mode in MODES:
        exchange.dial(f"app-{mode.lower()}", Dial(c if mode != "AXB" else a, first[mode]))
    return exchange


def attributes(thing: object) -> set[str]:
    slots = {name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())}
    return slots | set(getattr(thing, "__dict__", {}))


def everything(exchange: Exchange) -> list[object]:
    """Every object of ours that can be reached from an exchange."""
    found: dict[int, object] = {}
    waiting: list[object] = [exchange]
    while waiting:
        one = waiting.pop()
        if id(one) in found or isinstance(one, type | type(gc)):
            continue
        found[id(one)] = one
        if not callable(one) or hasattr(one, "__self__") or type(one).__module__.startswith("simulator"):
            waiting += gc.get_referents(one)
    return [one for one in found.values() if type(one).__module__.startswith("simulator.")]


@pytest.mark.parametrize("part", sorted({type(part).__name__ for part in parts_of(new_exchange(Machine())).values()}))
def test_every_attribute_of_a_part_is_state_or_wiring(part: str, busy: Exchange) -> None:
    found = next(one for one in parts_of(busy).values() if type(one).__name__ == part)
    if part in HAS_NO_STATE:
        assert not attributes(found) - {"_core", "_outbox", "_expiries"}
        return
    declared = PARTS[type(found)]
    assert attributes(found) == {*declared.state, *declared.wiring}, (
        f"{part}: say in members.py what a new attribute is"
    )


@pytest.mark.parametrize("form", PLAIN, ids=lambda form: form.name)
def test_every_attribute_of_a_thing_is_state_or_follows_from_it(form, busy: Exchange) -> None:
    found = [one for one in everything(busy) if type(one) is form.kind] or [form.kind]
    for one in found:
        own = attributes(one) if not isinstance(one, type) else {member.name for member in fields(one)}
        assert own == {*form.members, *form.derived}, f"{form.name}: say in members.py what a new attribute is"


def test_nothing_is_in_an_exchange_that_members_does_not_know(busy: Exchange) -> None:
    known = {*register().forms, *PARTS, *register().enums.values()}
    unknown = {type(one).__name__ for one in everything(busy) if type(one) not in known}
    tables = {  # what a new exchange reads from its data, and what follows from a profile
        "StoryClock", "Limits", "Tables", "Outcome", "Timing", "RoutingRules", "Schedule", "MemoryStore", "Noted",
        "AttemptStarted", "AttemptEnded", "Machine",
    }  # fmt: skip
    assert unknown <= tables | HAS_NO_STATE


def test_every_member_of_a_dataclass_is_written() -> None:
    for form in register().forms.values():
        if is_dataclass(form.kind):
            hidden = {form.hidden} - {""}
            assert {member.name for member in fields(form.kind)} == {*form.members, *hidden, *form.derived}


def test_a_written_state_has_no_secret(busy: Exchange) -> None:
    assert b"secret-" not in snapshot(busy)
