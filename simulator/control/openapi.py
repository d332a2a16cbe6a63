"""The OpenAPI 3.1 document of the control plane, made of the menu, of what its checks take and of the shapes of its answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulator import __version__
from simulator.client.wire import PREFIX
from simulator.control.answers import ANSWERS, ANYTHING, TEXTS
from simulator.control.asked import Answer, Asked, Required, Shape
from simulator.control.described import Schema, schema_of
from simulator.control.json_types import Shapes

if TYPE_CHECKING:
    from simulator.control.routes import Route

Json = dict[str, Any]

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"
NAMED = re.compile(r"\{(\w+)\}")
PROBLEM: Json = {
    "description": "A refusal (RFC 9457): `title` names its kind, `detail` says what was wrong and what would be right.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
REFUSALS = {
    "4XX": "refused: nothing was changed",
    "503": "it cannot be done now: an outbox is full, too many watch, or the simulator stops",
}
FREE: Json = {"type": "object", "description": "members as in pnsim.toml"}
SNAPSHOT: Json = {"type": "object", "description": "what GET /snapshot answered, whole"}
SECURITY: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "printed at start, in the ready file, PNSIM_CONTROL_TOKEN"},
    "session": {"type": "apiKey", "in": "cookie", "name": "pnsim_session", "description": "the page's, from POST /session"},
}  # fmt: skip


class Description:
    """Answers with the document of the routes that it is given."""

    def __init__(self) -> None:
        self.routes: tuple[Route, ...] = ()
        self._made: Json | None = None

    async def answer(self, _: Asked) -> Answer:
        """GET /openapi.json: this document."""
        self._made = self._made or document(self.routes)
        return Answer(self._made)


def document(routes: "Sequence[Route]") -> Json:
    """The whole document."""
    shapes = Shapes()
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The control plane of pnsim",
            "version": __version__,
            "description": "The simulator's own plane: applications, calls, clock, journal, notifications, faults.",
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "http://127.0.0.1:8081", "description": "pnsim serve"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {"schemas": {**shapes.components, "Problem": PROBLEM}, "securitySchemes": SECURITY},
    }


def _operation(route: "Route", shapes: Shapes) -> Json:
    status, says = ANSWERS.get(f"{route.method} {route.path}", ANYTHING)
    refused = {"$ref": "#/components/schemas/Problem"}
    described: Json = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "summary": _summary(route),
        "tags": [route.path.split("/")[1]],
        "parameters": [*_named(route.path), *_query(route.query)],
        "responses": {
            str(status): {"description": "done", **_content(says, shapes)},
            **{code: {"description": why, "content": {PROBLEM_TYPE: {"schema": refused}}} for code, why in REFUSALS.items()},
        },
    }  # fmt: skip
    if route.body is None or route.body:
        free = SNAPSHOT if route.path == "/snapshot" else FREE
        schema = free if route.body is None else body_schema(route.body)
        described["requestBody"] = {
            "required": bool(schema.get("required")) or route.body is None,
            "content": {JSON_TYPE: {"schema": schema}},
        }
    return described


def body_schema(shape: Shape) -> Json:
    """The schema of a body with these members and no others."""
    required = [name for name, member in shape.items() if isinstance(member.default, Required)]
    properties = {name: _with_default(schema_of(member.check), member.default) for name, member in shape.items()}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _summary(route: "Route") -> str:
    """What the answering method says of itself, without the path that it repeats."""
    said = " ".join((route.answer.__doc__ or "").split())
    _, _, rest = said.partition(": ")
    return rest or said


def _named(path: str) -> Iterator[Json]:
    for name in NAMED.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query(shape: Shape) -> Iterator[Json]:
    for name, member in shape.items():
        schema = schema_of(member.check)
        schema = schema["anyOf"][0] if "anyOf" in schema else schema  # null is to leave it out
        yield {"name": name, "in": "query", "schema": _with_default(schema, member.default)}


def _with_default(schema: Schema, default: object) -> Mapping[str, Any]:
    is_said = default is not None and not isinstance(default, Required)
    return {**schema, "default": default} if is_said else schema


def _content(says: Any, shapes: Shapes) -> Json:
    if says is None:
        return {}
    if says in TEXTS:
        return {"content": {says: {"schema": {"type": "string"}}}}
    schema = shapes.closed(says, list(says)) if isinstance(says, dict) else shapes.schema_of(says)
    return {"content": {JSON_TYPE: {"schema": schema}}}
