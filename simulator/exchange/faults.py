"""Wrong notifications on purpose: which messages of an application are hit, decided when they are made.

Every rule draws from a stream of its own, and draws for each message that fits it, whatever other rules do: one seed
tells one story, and taking a rule away leaves all other dice as they were. A message has one fault: that of the first
rule that hits it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.contract.faults import FAULT, FaultRule, check_mode, concrete
from simulator.delivery.delivery import Delivery
from simulator.delivery.fault import Hit, Plan
from simulator.delivery.faults import PLANS
from simulator.delivery.notification import Slot
from simulator.exchange.apps import App
from simulator.exchange.core import Core
from simulator.exchange.entering import command
from simulator.exchange.rows import Noted
from simulator.telephony.ids import Ids

SIDES = 1 << 128
"""A stream's numbers are below it."""

UNSIGNED = "none"


@dataclass(slots=True)
class LivingRule:
    """A rule in force, and how many messages it has hit."""

    rule: FaultRule
    hits: int = 0

    @property
    def left(self) -> int | None:
        """How many more it hits; None: no limit."""
        return None if self.rule.count is None else self.rule.count - self.hits

    @property
    def stream(self) -> str:
        """The name of its dice."""
        return "/".join((FAULT, self.rule.fault, *sorted(self.rule.kinds)))


class AppFaults:
    """The faults of one application; it has none of these while no fault is set."""

    def __init__(self, app: App, rules: Sequence[FaultRule], ids: Ids) -> None:
        self._app = app
        self._ids = ids
        self.living = [LivingRule(rule) for rule in rules]

    def strike(self, delivery: Delivery, *, is_awaited: bool) -> None:
        """A delivery was made: it is hit by the first rule that wants it, if any does.

        `is_awaited`: another one waits until later ones went first, so this one cannot wait in its turn.
        """
        for living in self.living:
            fits = living.left != 0 and living.rule.probability > 0 and self._fits(living.rule, delivery)
            if not fits or not self._falls(living) or delivery.fault is not None:
                continue
            parameters = concrete(living.rule, living.hits, self._app.mode, delivery.kind, delivery.body)
            if parameters is None:
                continue
            plan = PLANS[living.rule.fault](parameters) if living.rule.fault in PLANS else Plan()
            if not plan.overtaken_by or (not is_awaited and self._can_be_overtaken(delivery, plan)):
                living.hits += 1
                delivery.fault = Hit(living.rule.fault, parameters, plan)

    def _fits(self, rule: FaultRule, delivery: Delivery) -> bool:
        row, kinds = rule.row, rule.kinds or rule.row.kinds
        if kinds and delivery.kind not in kinds:
            return False
        if row.signed and self._app.profile.push_scheme == UNSIGNED:
            return False
        return row.asking == "yes" or (row.asking == "only") == delivery.asks

    def _can_be_overtaken(self, delivery: Delivery, plan: Plan) -> bool:
        """Nothing comes after a call's CDR, nothing at all where nobody is told, and what tells of several is too much."""
        by = plan.overtaken_in
        return (
            delivery.slot is not Slot.FEE
            and len(delivery.notifications) == 1
            and (by is None or self._app.receiver(by) is not None)
        )

    def _falls(self, living: LivingRule) -> bool:
        """Whether the dice of a rule want this message; what is certain needs none."""
        chance = living.rule.probability
        return chance >= 1 or self._ids.next(self._app.app_key, living.stream) < chance * SIDES


class Faults:
    """Sets and takes away the faults of applications; every change is journaled."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def of(self, app: App) -> Sequence[LivingRule]:
        """The rules in force, in their order."""
        return app.faults.living if app.faults is not None else ()

    @command("faults.put")
    def put(self, app_key: str, rules: Sequence[FaultRule]) -> Sequence[LivingRule]:
        """Exactly these rules from now on, none of them used yet; raises NotPossible, BadFault.

        What was hit before keeps its fault.
        """
        app = self._core.app(app_key)
        for rule in rules:
            check_mode(rule, app.mode)
        app.faults = AppFaults(app, rules, self._core.ids) if rules else None
        self._note(app_key, [rule.fault for rule in rules])
        return self.of(app)

    def _note(self, app_key: str, faults: list[str]) -> None:
        detail = {"what": "faults_set" if faults else "faults_taken_away", "faults": faults}
        row = Noted(kind="state_change", at=self._core.now(), app_key=app_key, detail=detail)
        self._core.journal.append(row)
