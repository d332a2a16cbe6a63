"""Seats the customer of a scenario: which API is its own, and what becomes of a failure that is known."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.config.values import ProbeConfig
from simulator.scenario.blocks import inside
from simulator.scenario.customer_api import CustomerApi, CustomerOptions
from simulator.scenario.customer_language import AskCustomer
from simulator.scenario.customer_playing import CustomerSeat
from simulator.scenario.language import Scenario
from simulator.scenario.places import Place
from simulator.scenario.receiver import SampleReceiver
from simulator.scenario.results import Failure, Result, Status

if TYPE_CHECKING:
    from simulator.scenario.performance import Stage
    from simulator.scenario.playing import Playing


def base_of(scenario: Scenario, options: CustomerOptions) -> str | None:
    """The base address of the customer's API: --customer, else the scenario's, else the configuration's."""
    return options.named or scenario.customer.url or options.configured


def asks_nobody(scenario: Scenario, options: CustomerOptions) -> str:
    """Why a scenario cannot be played: it asks the customer's API, and there is none. Empty when it can."""
    asking = (step for step in inside(scenario.steps) if isinstance(step, AskCustomer) and step.path is not None)
    if base_of(scenario, options) is not None or next(asking, None) is None:
        return ""
    return "it asks the customer's own API, and none is named: --customer URL, or customer: {url: …} in the scenario"


@asynccontextmanager
async def seat_of(
    scenario: Scenario, options: CustomerOptions, stage: "Stage", sample: SampleReceiver | None
) -> AsyncIterator[CustomerSeat]:
    """The customer's seat while a scenario is played; the sample receiver is a customer too, and says what it counted."""
    base, probe = base_of(scenario, options), options.probe
    if sample is not None and base is None:
        base, probe = sample.url, ProbeConfig()
    literal = (step.url for step in inside(scenario.steps) if isinstance(step, AskCustomer))
    declared = tuple(url for url in literal if url is not None)
    credentials = stage.credentials
    platform = {"platform": stage.api, "app_key": credentials.app_key, "app_secret": credentials.app_secret}
    async with CustomerApi(base, {**options.headers, **scenario.customer.headers}, declared) as api:
        yield CustomerSeat(api, probe, platform)


def unasked(scenario: Scenario, unprobed: int) -> Iterator[str]:
    """What is said of probes that were not judged; where a property is scored, the score says it."""
    if unprobed and not scenario.customer.scored:
        many = "a probe was" if unprobed == 1 else f"{unprobed} probes were"
        yield f"{many} not judged: where the customer says what it counted is for --customer and --probe, or [customer.probe]"


def settled(scenario: Scenario, result: Result, playing: "Playing | None") -> Result:
    """The result with what is known to fail: a failure that is known is none, a pass that should have failed is one."""
    known = tuple(playing.known) if playing is not None else ()
    unprobed = playing.customer.unprobed if playing is not None else 0
    result = replace(result, known=known, unprobed=unprobed)
    reason = scenario.customer.known_failure
    if reason is None:
        return replace(result, status=Status.KNOWN) if known and result.status is Status.PASSED else result
    if result.status is Status.FAILED and result.failure is not None:
        failure = replace(result.failure, sentence=f"known failure: {reason}")
        return replace(result, status=Status.KNOWN, failure=None, known=(*known, failure))
    if result.status is not Status.PASSED:
        return result
    what = f"passed, though it is marked as a known failure ({reason}): take known_failure out"
    return replace(result, status=Status.FAILED, failure=Failure(Place(scenario.file, 1, 1), scenario.name, what))
