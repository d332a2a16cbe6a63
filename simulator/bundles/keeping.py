"""A watcher that keeps what it is told of a story, and writes a bundle where the story fails."""

import platform
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import cast

import orjson

from simulator import __version__
from simulator.bundles.folder import Folder
from simulator.bundles.stand import derived_secret, table_of
from simulator.bundles.withholding import Secret, Withholding, in_address, scrubbed, secret_headers
from simulator.client.shapes import Row
from simulator.config.demo import DEMO_APPS
from simulator.config.values import AppOptions, Config
from simulator.replay.bundle import Bundle, Maker, Manifest, Told
from simulator.scenario.language import Scenario
from simulator.scenario.performance import Options, seed_of
from simulator.scenario.recording import Told as Event
from simulator.scenario.reports.chronicle import Chapter, Chronicle
from simulator.scenario.reports.ladder import ladder
from simulator.scenario.reports.ndjson import Ndjson
from simulator.scenario.reports.printing import printer
from simulator.scenario.reports.timeline import Timeline
from simulator.scenario.results import Result, Status
from simulator.scenario.watching import Opening, Watcher

FAILED = (Status.FAILED, Status.BROKEN, Status.INCOMPLETE)
"""What is worth playing again."""
FIRST, LAST = 2_000, 3_000
"""So many events of a story are kept from its beginning and from its end."""
LARGEST_JOURNAL = 16 * 1024 * 1024
LARGEST_ROW = 256 * 1024


@dataclass(frozen=True, slots=True)
class Stand:
    """What a run is played with: configuration, whose application signs, options, --set, files by scenario file."""

    config: Config
    app_of: Callable[[str], AppOptions]
    options: Options
    settings: tuple[str, ...] = ()
    sources: Mapping[str, Mapping[Path, bytes]] | None = None
    secrets: tuple[Secret, ...] = ()


class Keeping:
    """A watcher; `kept` are the bundles it wrote, `problem` why one could not be written."""

    def __init__(self, folder: Folder, stand: Stand, scenarios: Sequence[Scenario]) -> None:
        self.kept: list[Path] = []
        self.problem = ""
        self._folder = folder
        self._stand = stand
        self._scenarios = {(one.file, one.label): one for one in scenarios}
        self._events = Events()

    def begin(self, opening: Opening) -> None:
        """A story of its own."""
        self._events = Events()
        self._events.add(("begin", (opening,)))

    def named(self, name: str, number: str) -> None:
        """Kept."""
        self._events.add(("named", (name, number)))

    def row(self, row: Row) -> None:
        """Kept."""
        self._events.add(("row", (row,)))

    def jump(self, before: datetime, after: datetime) -> None:
        """Kept."""
        self._events.add(("jump", (before, after)))

    def end(self, result: Result) -> None:
        """Write the bundle of a story that failed."""
        events, self._events = self._events, Events()
        scenario = self._scenarios.get((result.file, result.name))
        if result.status not in FAILED or scenario is None or self.problem:
            return
        try:
            self.kept.append(self._folder.keep(result.name, bundle_of(scenario, result, events, self._stand)))
        except OSError as error:
            self.problem = f"{self._folder.path}: {error.strerror or error}"

    def finish(self, results: Sequence[Result]) -> None:
        """Nothing more."""


class Events:
    """What was told of one story: its beginning and its end, where it is long."""

    def __init__(self) -> None:
        self._first: list[Event] = []
        self._last: deque[Event] = deque(maxlen=LAST)
        self.left_out = 0

    def add(self, event: Event) -> None:
        """One more."""
        if len(self._first) < FIRST:
            self._first.append(event)
            return
        self.left_out += len(self._last) == LAST
        self._last.append(event)

    def __iter__(self) -> Iterator[Event]:
        yield from self._first
        yield from self._last

    @property
    def opening(self) -> Opening | None:
        """How it began; None where it never did."""
        first = self._first[0][1][0] if self._first else None
        return first if isinstance(first, Opening) else None


def bundle_of(scenario: Scenario, result: Result, events: Events, stand: Stand) -> Bundle:
    """Everything that plays the story again, and how it failed."""
    opening = events.opening
    app = stand.app_of(scenario.mode)
    told = dict(stand.options.told(scenario.mode))
    is_sample = scenario.needs_sample_receiver or not told
    withholding = Withholding(_secrets(scenario, stand))
    table = table_of(stand.config, app, {} if is_sample else told)
    journal, rows, cut = _journal(events)
    files = _files(scenario, stand)
    failure = result.failure.lines() if result.failure else []
    manifest = Manifest(
        scenario=scenario.name,
        title=scenario.title,
        file=Path(scenario.file).name,
        mode=scenario.mode,
        edition=app.edition or stand.config.server.edition,
        seed=opening.seed if opening else seed_of(scenario, stand.options),
        clock_start=table["server"]["start_at"],
        receiver=opening.receiver if opening else "",
        sample=is_sample,
        strict=stand.options.strict,
        answer_timeout=stand.options.answer_timeout,
        settings=stand.settings,
        app_key=app.app_key,
        made_with=Maker(__version__, platform.python_version(), platform.platform()),
        result=Told(result.status.value, result.steps_planned, result.steps_done, tuple(failure)),
        withheld=withholding.names(),
        rows=rows,
        rows_left_out=events.left_out + cut,
    )
    return _withheld(Bundle(manifest, table, files, journal, _reports(events, result)), withholding)


def _withheld(bundle: Bundle, withholding: Withholding) -> Bundle:
    """The same without secrets, wherever they stand; names of members of tables are none."""
    from simulator.replay.bundle_manifest import manifest_of  # noqa: PLC0415 - paid where a story failed

    def clean(value: object) -> object:
        return orjson.loads(withholding.of(orjson.dumps(value)))

    files = {name: withholding.of(content) for name, content in bundle.scenario.items()}
    reports = {name: withholding.of(content) for name, content in bundle.reports.items()}
    manifest = manifest_of(clean(bundle.manifest.as_json()))  # type: ignore[arg-type]  # a table it was
    config: dict[str, object] = clean(bundle.config)  # type: ignore[assignment]  # as above
    return Bundle(manifest, config, files, withholding.of(bundle.journal), reports)


def _secrets(scenario: Scenario, stand: Stand) -> list[Secret]:
    """Whatever of this run nobody else may see."""
    config, options = stand.config, stand.options
    apps = {one.app_key: one for one in (*config.apps, stand.app_of(scenario.mode)) if one not in DEMO_APPS}
    secrets = [Secret(f"secret of {key}", one.app_secret, derived_secret(key)) for key, one in apps.items()]
    secrets += [Secret("control token", config.server.control_token or "")]
    secrets += secret_headers({**options.customer.headers, **config.customer.headers}, "the customer's API")
    secrets += secret_headers(scenario.customer.headers, "the scenario's customer")
    for slot, url in options.told(scenario.mode).items():
        secrets += in_address(url, f"the receiver's {slot} address")
    asked = (options.customer.named, options.customer.configured, scenario.customer.url)
    for address in filter(None, asked):
        secrets += in_address(address, "the customer's address")
    return [*secrets, *stand.secrets]


def _files(scenario: Scenario, stand: Stand) -> dict[str, bytes]:
    """The scenario and all that it was read from, named as seen from its folder."""
    folder = Path(scenario.file).parent
    known = (stand.sources or {}).get(scenario.file, {})
    return {path.relative_to(folder).as_posix(): content for path, content in known.items()}


def _journal(events: Events) -> tuple[bytes, int, int]:
    """The rows as NDJSON, how many they are, and how many did not fit."""
    lines, size, cut = [], 0, 0
    for what, given in events:
        if what != "row":
            continue
        line = orjson.dumps(scrubbed(cast("Row", given[0])), default=str)
        if len(line) > LARGEST_ROW or size + len(line) > LARGEST_JOURNAL:
            cut += 1
            continue
        lines.append(line + b"\n")
        size += len(line)
    return b"".join(lines), len(lines), cut


def _reports(events: Events, result: Result) -> dict[str, bytes]:
    """The timeline, the ladder and the events, as a run reports them."""
    text, drawn, stream = StringIO(), StringIO(), BytesIO()
    show = printer(drawn)

    def draw(chapter: Chapter) -> None:
        for line in ladder(chapter):
            show(line)

    chronicle = Chronicle(draw)
    ndjson = Ndjson(stream)
    for watcher in (Timeline(printer(text)), chronicle, ndjson):
        _tell(watcher, events, result, with_rows=watcher is not ndjson)
    return {
        "report.txt": text.getvalue().encode(),
        "ladder.txt": drawn.getvalue().encode(),
        "events.ndjson": stream.getvalue(),
    }


def _tell(watcher: Watcher, events: Events, result: Result, *, with_rows: bool) -> None:
    for what, given in events:
        if what == "row" and with_rows:
            watcher.row(cast("Row", scrubbed(cast("Row", given[0]))))
        elif what != "row":
            getattr(watcher, what)(*given)
    watcher.end(result)
