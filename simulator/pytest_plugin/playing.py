"""Playing one scenario at a time, in a loop that is nobody else's."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.bundles.folder import Folder
from simulator.bundles.keeping import Keeping, Stand
from simulator.client.loop_thread import LoopThread
from simulator.clock import wall
from simulator.config import AppOptions, Config, load
from simulator.config.apps import MODES
from simulator.config.demo import demo_app
from simulator.config.load import without_file
from simulator.pytest_plugin.options import Settings
from simulator.scenario.language import Scenario
from simulator.scenario.performance import Clocks, Options
from simulator.scenario.reports.chronicle import Chapter, Chronicle
from simulator.scenario.results import Result
from simulator.scenario.runner import Runner
from simulator.scenario.watching import Watchers
from simulator.staging import in_process
from simulator.testing.applications import receivers
from simulator.testing.drawing import drawn_chapter

FLAGS = {"port": 0, "control_port": 0, "clock": "virtual"}


@dataclass(frozen=True, slots=True)
class Ended:
    """A scenario that was played, or was not: its result, its ladder (empty where nothing happened), its seed."""

    result: Result
    ladder: str
    seed: int | None
    bundle: str = ""
    """Where it is kept, or why it could not be."""


class Stagehand:
    """Plays scenarios as `pnsim run` does, each in a simulator of its own; raises ConfigError for a wrong configuration."""

    def __init__(self, asked: Settings) -> None:
        self._asked = asked
        self._config = without_file(FLAGS) if asked.config is None else load(asked.config, {}, FLAGS)
        self._thread: LoopThread | None = None
        self._folder = None if asked.bundle_dir is None else Folder(asked.bundle_dir)
        self.sources: dict[str, Mapping[Path, bytes]] = {}

    def play(self, scenario: Scenario) -> Ended:
        """Play it to its end."""
        if self._thread is None:
            self._thread = LoopThread("pnsim scenarios")
        return self._thread.submit(self._play(scenario)).result()

    def close(self) -> None:
        """No more scenarios."""
        if self._thread is not None:
            self._thread.stop()

    async def _play(self, scenario: Scenario) -> Ended:
        chapters: list[Chapter] = []
        ends_at = wall.monotonic() + self._asked.timeout
        clocks = Clocks(wall.utc_now, lambda: ends_at - wall.monotonic())
        stager = in_process(self._config, lambda mode: app_of(self._config, mode))
        options = self._options()
        keeping = self._keeping(scenario, options)
        watcher = Watchers([Chronicle(chapters.append), *([keeping] if keeping else [])])
        (result,) = await Runner(stager, options, clocks, watcher).run([scenario])
        opening = chapters[0].opening
        return Ended(result, drawn_chapter(chapters[0]), opening.seed if opening else None, _where(keeping))

    def _keeping(self, scenario: Scenario, options: Options) -> Keeping | None:
        if self._folder is None:
            return None
        stand = Stand(self._config, lambda mode: app_of(self._config, mode), options, sources=self.sources)
        return Keeping(self._folder, stand, [scenario])

    def _options(self) -> Options:
        """Whom to tell: the receiver that was named, else the configuration's, else a sample."""
        named = receivers(self._asked.receiver)
        configured = {mode: app_of(self._config, mode).receivers for mode in MODES}
        return Options(
            receivers=named or None,
            configured={mode: told for mode, told in configured.items() if told},
            forced=bool(named),
            seed=self._asked.seed,
            default_seed=self._config.server.seed,
            strict=self._asked.strict,
        )


def _where(keeping: Keeping | None) -> str:
    """The bundle of a scenario that failed."""
    return "" if keeping is None else keeping.problem or " ".join(map(str, keeping.kept))


def app_of(config: Config, mode: str) -> AppOptions:
    """The configuration's first application of a mode, else the demo's."""
    return next((app for app in config.apps if app.mode == mode), demo_app(mode))
