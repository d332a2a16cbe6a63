"""Where a load is played: an exchange with the scenario's application, and its casts, bound and ready to call.

Every cast is the scenario's with numbers of its own. Binds run through the operations of the platform's API, so what
the platform would refuse is refused here too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import orjson

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.api.routes import ROUTES
from simulator.config import ConfigError
from simulator.config.values import Config, ServerOptions
from simulator.contract.operations import operations_of
from simulator.contract.profile import ProfileError
from simulator.exchange.apps import App, AppSpec
from simulator.exchange.calls import PlayedCall
from simulator.exchange.core import UnknownNumber
from simulator.exchange.exchange import Exchange
from simulator.load.plan import Plan
from simulator.load.script import Script, script_of
from simulator.scenario.asking import Reply, api_request
from simulator.scenario.cast import Cast, draw, x_numbers
from simulator.scenario.language import Ask, PlayCall
from simulator.scenario.loader import parse
from simulator.scenario.places import Place, Problem, ScenarioError
from simulator.scenario.playing import PARTY_WORDS
from simulator.telephony.commands.calls import Dial, Party
from simulator.telephony.errors import NotPossible, Refused

NO_RETRIES: Mapping[str, object] = {"retry_minutes": []}
"""Under load a failure is a failure: a second attempt a minute later would be measured with the calls of then."""

SpecOf = Callable[[Mapping[str, object]], AppSpec]


def config_of(plan: Plan, clock: str) -> Config:
    """The configuration of a process of a load: loopback, free ports, its own seed, no applications."""
    server = ServerOptions(
        host="127.0.0.1",
        port=0,
        control_port=0,
        store="memory",
        clock=clock,
        tls="off",
        edition=plan.edition,
        seed=plan.own_seed,
        start_at=None,
        control_token=None,
    )
    return Config(server, apps=(), profile=dict(plan.settings), profile_lines={}, source=None)


class Stage:
    """One process' part of a load, set up: `dial` plays the next call of a cast."""

    def __init__(self, exchange: Exchange, spec_of: SpecOf, plan: Plan) -> None:
        """Make the application and bind every cast; raises ScenarioError."""
        self.exchange = exchange
        self.script = script_of(parse(plan.text, plan.file))
        casts = draw_casts(self.script, plan)
        top = Place(plan.file, 1, 1)
        try:
            self.app = exchange.add_app(spec_of(_app_body(self.script, plan, casts)))
        except (ConfigError, ProfileError, NotPossible) as error:
            raise ScenarioError([Problem(top, f"its application cannot be made: {error}")]) from None
        desk = Desk(exchange, lambda: "")
        for number, cast in enumerate(casts, 1):
            _bind_all(desk, self.app, self.script, cast, number)
        self._dials = [[_dial(call, cast) for call in self.script.calls] for cast in casts]

    @property
    def calls_per_start(self) -> int:
        """How many calls one start of the scenario has."""
        return len(self.script.calls)

    def dial(self, start: int, call: int, at: datetime) -> PlayedCall:
        """The `call`-th call of the `start`-th start, dialled at `at`; raises Busy, NotPossible, UnknownNumber."""
        return self.exchange.dial(self.app.app_key, self._dials[start % len(self._dials)][call], at)

    def try_out(self) -> Sequence[PlayedCall]:
        """Dial every call once, now; raises ScenarioError for one that cannot be dialled."""
        tried = []
        for index, call in enumerate(self.script.calls):
            try:
                tried.append(self.dial(0, index, self.exchange.now()))
            except (NotPossible, UnknownNumber) as error:
                raise ScenarioError([Problem(call.place, f"a call that cannot be dialled: {error}")]) from None
        return tried


def draw_casts(script: Script, plan: Plan) -> list[dict[str, str]]:
    """So many casts, no number twice; what the scenario gives in quotes is the same in each."""
    members = script.scenario.cast
    everybody = {f"{name}/{number}": member for number in range(plan.casts) for name, member in members.items()}
    drawn = draw(everybody, plan.own_seed)
    return [{name: drawn[f"{name}/{number}"] for name in members} for number in range(plan.casts)]


def _app_body(script: Script, plan: Plan, casts: Sequence[Cast]) -> dict[str, object]:
    scenario = script.scenario
    given: dict[str, dict[str, object]] = {}
    for cast in casts:
        for row in x_numbers(scenario.cast, cast):
            given[str(row["number"])] = row
    own = scenario.app.get("profile")
    profile = {**plan.app.get("profile", {}), **(own if isinstance(own, dict) else {}), **NO_RETRIES}
    return {**plan.app, **scenario.app, "profile": profile, "numbers": list(given.values())}


def _bind_all(desk: Desk, app: App, script: Script, cast: dict[str, str], number: int) -> None:
    """Bind one cast; numbers that a bind was given join it. Raises ScenarioError."""
    bindings: dict[str, str] = {}
    for step in script.binds:
        words = {
            word: cast.get(str(value), value) if word in PARTY_WORDS else value for word, value in step.words.items()
        }
        if step.of is not None:
            words["subscription_id"] = bindings.get(step.of, step.of)
        try:
            reply = _ask(desk, app, step, words)
        except (Refused, ValueError) as refused:
            why = refused.explanation if isinstance(refused, Refused) else str(refused)
            raise ScenarioError([Problem(step.place, _not_bound(number, why))]) from None
        subscription_id, x_number = reply.word("subscription_id"), reply.word("x_number")
        if step.save_as and isinstance(subscription_id, str):
            bindings[step.save_as] = subscription_id
        if step.number_as and isinstance(x_number, str):
            cast[step.number_as] = x_number


def _ask(desk: Desk, app: App, step: Ask, words: Mapping[str, object]) -> Reply:
    """One request to an operation of the API, without the way there and back; raises Refused, ValueError."""
    operation = operations_of(app.mode)[step.operation]
    request = api_request(operation, words, app.app_key)
    parts = urlsplit(request.target)
    body = request.body or b""
    asked = Incoming(request.method, request.target, parts.path, parts.query, (1, 1), "127.0.0.1", (), body=body)
    answer = ROUTES[operation.path].offers[operation.method].run(desk, app, asked)
    return Reply(answer.status, orjson.loads(answer.body) if answer.body else {})


def _not_bound(number: int, why: str) -> str:
    if number == 1:
        return f"a bind that the platform refuses: {why}"
    return (
        f"a bind that the platform refuses for the {number}. cast: {why}; leave the numbers that must differ to the seed, "
        f"or play with --casts {number - 1}"
    )


def _dial(call: PlayCall, cast: Cast) -> Dial:
    wish = Dial(cast.get(call.caller, call.caller), cast.get(call.dialled, call.dialled), extensions=call.extensions)
    given = {
        "outcome": call.outcome,
        "rings_seconds": call.rings_seconds,
        "talks_seconds": call.talks_seconds,
        "released_by": None if call.released_by is None else Party(call.released_by),
        "hangup_cause": call.hangup_cause,
    }
    members = {name: value for name, value in given.items() if value is not None}
    return replace(wish, **members)  # type: ignore[arg-type]  # the names are Dial's own
