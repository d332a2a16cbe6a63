"""The table of number states is total, explained, and what the core assumes where nobody hands it over."""

from simulator.contract.codes import releases
from simulator.contract.number_states import call_causes, number_states
from simulator.telephony.numbering import NumberState
from simulator.telephony.routing import RoutingRules

STATUSES = {"5", "9", "10", "11"}


def test_every_state_has_a_row_and_every_row_is_explained() -> None:
    assert set(number_states()) == set(NumberState)
    for row in number_states().values():
        assert row.bind in {"allowed", "refused"}
        assert row.status in STATUSES
        assert row.provenance in {"documented", "observed", "inferred"}
        assert row.zh
        assert row.en
        assert row.why
        assert row.call_cause is None or row.call_cause in releases()


def test_only_a_normal_number_is_bound_and_only_a_returned_one_is_nobodys() -> None:
    assert [state for state, row in number_states().items() if row.may_be_bound] == [NumberState.NORMAL]
    assert [state for state, row in number_states().items() if not row.ours] == [NumberState.RETURNED]


def test_the_core_assumes_what_the_table_says() -> None:
    assert RoutingRules().x_causes == call_causes()
