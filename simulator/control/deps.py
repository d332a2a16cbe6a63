"""What the control plane is given when it is made."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.control.sessions import Sessions
from simulator.exchange.apps import AppSpec
from simulator.exchange.exchange import Exchange
from simulator.exchange.story import Story


@dataclass(frozen=True, slots=True)
class ControlDeps:
    """`ready` is the content of GET /ready; `make_spec` turns the body of a request and its name into an AppSpec.

    `make_spec` raises ConfigError or ProfileError with the sentence that its user reads.
    """

    exchange: Exchange
    story: Story
    token: str = field(repr=False)
    ready: Callable[[], dict[str, object]]
    make_spec: Callable[[Mapping[str, object], str], AppSpec]
    sessions: Sessions | None = None
    """Pages that are signed in; None: no page is."""
    requests: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Requests so far, by method, route and status."""
    is_broken: Callable[[], bool] = lambda: False
    """Whether a part of the simulator broke."""
