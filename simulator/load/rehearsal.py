"""Every call of a load once, on a clock that is moved by hand and with nobody told: what cannot be played is found here.

It also warms up what the first call of a process would else pay for: schemas, tables, code.
"""

from datetime import timedelta

from simulator.app import assemble
from simulator.load.plan import Plan
from simulator.load.stage import Stage, config_of
from simulator.scenario.places import Place, Problem, ScenarioError

LONGER_THAN_A_CALL = timedelta(days=2)


def rehearse(plan: Plan) -> None:
    """Bind every cast and play every call; raises ScenarioError."""
    simulator = assemble(config_of(plan, "virtual"))
    exchange = simulator.exchange
    Stage(exchange, simulator.spec, plan).try_out()
    exchange.clock.jump(exchange.now() + LONGER_THAN_A_CALL)
    exchange.now()
    if exchange.violations:
        what = "calls whose notifications break the contract (please report it)"
        raise ScenarioError([Problem(Place(plan.file, 1, 1), what)])
