"""Plays the mixes of `pnsim fuzz`, each in a simulator of its own, and keeps the smallest that broke."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulator.bundles.keeping import Events, Stand, bundle_of
from simulator.clock import wall
from simulator.fuzz.mixes import Mix
from simulator.fuzz.shrinking import Came
from simulator.fuzz.stories import scenario_text
from simulator.replay.bundle import ENDING, write
from simulator.scenario import loader
from simulator.scenario.language import Scenario
from simulator.scenario.performance import Clocks, Stager
from simulator.scenario.results import Result, Status
from simulator.scenario.runner import Runner
from simulator.scenario.watching import Watchers

MOST_KEPT = 64
"""Mixes that broke are kept whole, the shortest of them."""
MOST_KNOWN = 20_000
"""Stories of which it is known what comes of them."""
LARGEST_SEED = 2**31
OURS = re.compile(r", (bind|unbind|query)$")
"""Steps that only the platform answers: where one fails the receiver did nothing."""


@dataclass(slots=True)
class Played:
    """One mix that broke: its text, its scenario, its result, what was told of it."""

    text: str
    scenario: Scenario
    result: Result
    events: Events


class Playing:
    """Plays mixes; `found` are those that broke, by number, `latest` is the one that was played last."""

    def __init__(
        self, stager: Stager, stand: Stand, runner: asyncio.Runner, seed: int, time_left: Callable[[], float]
    ) -> None:
        self.found: dict[int, Played] = {}
        self.latest: Played | None = None
        self.sentence = ""
        self.probed = self.patient = False
        self._stager = stager
        self._stand = stand
        self._runner = runner
        self._seed = seed
        self._time_left = time_left
        self._number = 0
        self._known: dict[str, tuple[Came, int]] = {}

    def play(self, mix: Mix) -> tuple[Came, int]:
        """What comes of a mix, and its number; another mix that tells the same story is not played again."""
        story = self._text(mix, "fuzz", 0)
        if story not in self._known:
            number, self._number = self._number, self._number + 1
            came = self._play(mix, number)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[story] = came, number
        return self._known[story]

    def again(self, mix: Mix) -> Came:
        """What comes of a mix that broke when it is played once more, with other numbers, if there is time."""
        number, self._number = self._number, self._number + 1
        return Came.BROKEN if self._time_left() <= 0 else self._play(mix, number, kept=False)

    def _text(self, mix: Mix, name: str, seed: int) -> str:
        return scenario_text(mix, name, seed, probed=self.probed, patient=self.patient)

    def _play(self, mix: Mix, number: int, *, kept: bool = True) -> Came:
        """Its numbers and ids are those of no play before: a server that remembers knows none of them."""
        seed = (self._seed + number) % LARGEST_SEED
        name = f"fuzz_{mix.mode.lower()}_{seed}"
        text = self._text(mix, name, seed)
        scenario = loader.parse(text, f"{name}.yaml")
        recorder = Recording()
        clocks = Clocks(wall.utc_now, self._time_left)
        run = Runner(self._stager, self._stand.options, clocks, Watchers([recorder])).run([scenario])
        (result,) = self._runner.run(run)
        played = Played(text, scenario, result, recorder.events)
        came = _came(result)
        if came is Came.GONE:
            self.sentence = result.failure.sentence if result.failure else ""
        else:
            self.latest = played
        if came is Came.BROKEN and kept:
            self.found = (
                {**self.found, number: played} if len(self.found) < MOST_KEPT else self._trimmed(number, played)
            )
        return came

    def _trimmed(self, number: int, played: Played) -> dict[int, Played]:
        """The smaller half of what was found, and the new one."""
        ordered = sorted(self.found.items(), key=lambda item: len(item[1].text))
        return {**dict(ordered[: MOST_KEPT // 2]), number: played}


class Recording:
    """A watcher that keeps what it is told of one story."""

    def __init__(self) -> None:
        self.events = Events()

    def begin(self, opening: object) -> None:
        """Kept."""
        self.events.add(("begin", (opening,)))

    def named(self, name: str, number: str) -> None:
        """Kept."""
        self.events.add(("named", (name, number)))

    def row(self, row: object) -> None:
        """Kept."""
        self.events.add(("row", (row,)))

    def jump(self, before: object, after: object) -> None:
        """Kept."""
        self.events.add(("jump", (before, after)))

    def end(self, result: object) -> None:
        """The result travels by itself."""

    def finish(self, results: object) -> None:
        """A run is one story."""


def keep(played: Played, stand: Stand, folder: Path) -> tuple[Path, Path]:
    """Write scenario and bundle; answers where. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / played.scenario.file
    file.write_text(played.text, encoding="utf-8")
    name = Path(played.scenario.file)
    known = Stand(
        stand.config, stand.app_of, stand.options, (), {str(name): {name: played.text.encode()}}, stand.secrets
    )
    bundle = folder / f"{played.scenario.name}{ENDING}"
    write(bundle_of(played.scenario, played.result, played.events, known), bundle)
    return file, bundle


def _came(result: Result) -> Came:
    """What a result says of the receiver; what broke in the simulator itself is a find, too."""
    failure = result.failure
    if result.status is Status.UNREACHABLE:
        return Came.GONE
    if result.status in (Status.PASSED, Status.KNOWN):
        return Came.RIGHT
    if result.status is Status.BROKEN:
        return Came.BROKEN
    if result.status is not Status.FAILED or failure is None:
        return Came.INVALID
    is_ours = (not failure.findings and not failure.sentence.startswith("remarks")) or OURS.search(failure.step)
    return Came.INVALID if is_ours else Came.BROKEN
