"""The run for programs: one JSON object a line, as things happen. `type` says what a line is."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

import orjson

from simulator.client.shapes import Row
from simulator.exchange.rows import instant
from simulator.scenario.reports.coverage import Coverage
from simulator.scenario.reports.scoring import Scores
from simulator.scenario.results import Result, exit_code, known_lines
from simulator.scenario.watching import Opening


class Ndjson:
    """A watcher that writes to `stream`: scenario_started, number_named, row, clock_moved, scenario_ended, run_ended."""

    def __init__(self, stream: BinaryIO, coverage: Coverage | None = None, scores: Scores | None = None) -> None:
        self._stream = stream
        self._coverage = coverage
        self._scores = scores
        self._scenario = ""

    def begin(self, opening: Opening) -> None:
        """scenario_started: name, title, file, seed, cast, app_key, receiver."""
        scenario = opening.scenario
        self._scenario = scenario.label
        self._write(
            "scenario_started",
            title=scenario.title,
            file=scenario.file,
            seed=opening.seed,
            cast=dict(opening.cast),
            app_key=opening.app_key,
            receiver=opening.receiver,
        )

    def named(self, name: str, number: str) -> None:
        """number_named: name, number."""
        self._write("number_named", name=name, number=number)

    def row(self, row: Row) -> None:
        """Row: a row of the journal, or a call's CDR, as the control plane shows it."""
        self._write("row", row=dict(row))

    def jump(self, before: datetime, after: datetime) -> None:
        """clock_moved: from, to."""
        self._write("clock_moved", **{"from": instant(before), "to": instant(after)})

    def end(self, result: Result) -> None:
        """scenario_ended: status, steps_planned, steps_done, given_up, remarks, failure and known failures (lines), property."""
        self._scenario = result.name
        self._write(
            "scenario_ended",
            status=result.status.value,
            file=result.file,
            steps_planned=result.steps_planned,
            steps_done=result.steps_done,
            given_up=result.given_up,
            remarks=result.remarks,
            failure=result.failure.lines() if result.failure else [],
            known=known_lines(result),
            property=result.scored or None,
            unprobed=result.unprobed,
        )

    def finish(self, results: Sequence[Result]) -> None:
        """run_ended: how many ended how, the exit code, and what was seen of the contract."""
        self._scenario = ""
        counts: dict[str, int] = {}
        for result in results:
            counts[result.status.value] = counts.get(result.status.value, 0) + 1
        seen = {} if self._coverage is None else {"coverage": self._coverage.as_json()}
        scored = {"scores": self._scores.as_json()} if self._scores is not None and self._scores.rows() else {}
        self._write("run_ended", counts=counts, exit_code=exit_code(results), **seen, **scored)

    def _write(self, kind: str, **members: object) -> None:
        line = {"type": kind, "scenario": self._scenario or None, **members}
        self._stream.write(orjson.dumps(line) + b"\n")
        self._stream.flush()
