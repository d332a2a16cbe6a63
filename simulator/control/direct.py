"""The control plane without its wire, for who lives in the same process: the same routes, checks, answers and journal rows.

There is no token and no Host to check: whoever holds this object is inside. JSON goes in and out as bytes all the same, so
that nobody shares a mutable thing with the simulator and nothing passes that could not travel.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import orjson
from yarl import URL

from simulator.clock import wall
from simulator.control.asked import Answer
from simulator.control.deps import ControlDeps
from simulator.control.hearing import asked_of, named_in
from simulator.control.lasting import Lasting
from simulator.control.problems import Problem
from simulator.control.refusals import as_problem
from simulator.control.routes import PREFIX, Route
from simulator.exchange.rows import ControlExchange
from simulator.store.log import StoreFailed

JSON = "application/json"


class Direct:
    """Answers requests that are handed over; `path` begins after the prefix, its parts are quoted."""

    def __init__(self, deps: ControlDeps, routes: Sequence[Route], lasting: Lasting) -> None:
        self._deps = deps
        self._lasting = lasting
        self._routes: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
        for route in routes:
            pattern = route.path.split("/")
            self._routes.setdefault((route.method, len(pattern)), []).append((pattern, route))

    async def __call__(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> tuple[int, bytes]:
        """Status and body of the answer; raises StoreFailed where it cannot be kept, and nothing else."""
        await wall.sleep(0)  # whoever asks again and again must let the others work
        journal, at = self._deps.exchange.journal, self._deps.exchange.clock.now()
        row = ControlExchange(at=at, method=method, path="", status=0)
        route: Route | None = None
        try:
            route, named = self._found(method, path)
            asked = asked_of(route, row, named_in(row, named), query, JSON, body or b"")
            row.status, said = _said(await self._lasting.answer(route, asked))
        except StoreFailed:
            raise
        except Exception as error:  # noqa: BLE001 - as over the wire: whatever breaks is answered as a problem
            problem = as_problem(error)
            row.status, said = problem.status, orjson.dumps(problem.as_json())
        if route is None or route.is_journaled:
            row.path = _target(path, query)
            journal.append(row)
        if journal.committed is not None:
            await journal.committed()
        return row.status, said

    def _found(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        parts = path.split("/")
        for pattern, route in self._routes.get((method, len(parts)), ()):
            pairs = list(zip(pattern, parts, strict=True))
            if all(want == got or want.startswith("{") for want, got in pairs):
                return route, {want[1:-1]: unquote(got) for want, got in pairs if want.startswith("{")}
        raise Problem(404, "no such route", f"there is no {method} {PREFIX}{path}")


def _said(answer: Answer) -> tuple[int, bytes]:
    if answer.text is not None:
        return answer.status, answer.text
    return answer.status, b"" if answer.json is None else orjson.dumps(answer.json)


def _target(path: str, query: Mapping[str, str]) -> str:
    """The request target as a client writes it on the wire."""
    if not query and "%" not in path:
        return PREFIX + path
    return str(URL(PREFIX + path).with_query(query))
