"""The OpenAPI 3.1 document: paths of the platform's API, and under `webhooks` what it pushes.

Made from `schemas/` and nothing else: a request's schema is what is tolerated, an answer's what is sent
(ax_axb.md, axe_axyb_x.md, notifications.md, recording_auth_codes.md 2).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator import __version__
from simulator.contract.modes import mode_row, mode_rows
from simulator.contract.operations import Operation, operations
from simulator.contract.schemas import load, names

Json = dict[str, Any]

JSON_TYPE = "application/json"
REFUSAL = "api/refusal"
NOTIFICATIONS = "notifications/"
DECISIONS = "decisions/"
ALWAYS_DECIDED = ("sms_block",)
"""What is put to the customer in every mode that has it; a callin only where the mode asks."""
REFUSALS = {
    "400": "an authentication header is missing or malformed",
    "401": "the digest is wrong, or Created lies outside the time window",
    "403": "refused: result code and sentence say why",
    "500": "the platform failed",
}
SIGNED: list[dict[str, list[str]]] = [{"authorization": [], "aksk": []}, {"authorization": [], "wsse": []}]
APP_KEY: Json = {
    "name": "app_key",
    "in": "query",
    "required": True,
    "description": "the app key of the header's Username, once more",
    "schema": {"type": "string", "maxLength": 128},
}


def document() -> Json:
    """The whole document."""
    paths: dict[str, Json] = {}
    for row in operations():
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The privacy-call platform that pnsim plays",
            "version": __version__,
            "description": "What production tolerates is in the request schemas, what is sent in the answers.",
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "http://127.0.0.1:8080", "description": "pnsim serve"}],
        "tags": [{"name": row.mode, "description": f"{row.zh}. {row.en}"} for row in mode_rows()],
        "paths": paths,
        "webhooks": dict(_webhooks()),
        "components": {"schemas": dict(_components()), "securitySchemes": _security()},
    }


def _operation(row: Operation) -> Json:
    answers: Json = {str(row.status): _success(row)}
    answers |= {status: _refusal(row, text) for status, text in REFUSALS.items()}
    described: Json = {
        "operationId": f"{row.mode or 'any'}_{row.operation}".lower(),
        "summary": row.en,
        "description": f"{row.zh} ({row.page})",
        "tags": [row.mode] if row.mode else [mode.mode for mode in mode_rows()],
        "security": SIGNED,
        "parameters": [APP_KEY] if row.app_key_in_query else [],
        "responses": answers,
    }
    if row.carried_in == "body":
        described["requestBody"] = {"required": True, "content": {JSON_TYPE: {"schema": _ref(row.request)}}}
    else:
        described["parameters"] = [*described["parameters"], *_parameters(row)]
    return described


def _parameters(row: Operation) -> Iterator[Json]:
    """The members of a request that travels in the query, as parameters: all are texts there."""
    schema = load(row.request)
    required = schema.get("required", ())
    for name, rule in schema["properties"].items():
        if name != APP_KEY["name"] or not row.app_key_in_query:
            text = {key: rule[key] for key in ("maxLength", "pattern") if key in rule}
            yield {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": rule.get("description", ""),
                "schema": {"type": "string", **text},
            }


def _success(row: Operation) -> Json:
    if row.status == 301:
        location = {"description": "where the recording can be downloaded", "schema": {"type": "string"}}
        return {"description": "the address is in Location; no body", "headers": {"Location": location}}
    return {"description": "Success", "content": {row.answer_type: {"schema": _ref(row.answer)}}}


def _refusal(row: Operation, text: str) -> Json:
    return {"description": text, "content": {row.answer_type: {"schema": _ref(REFUSAL)}}}


def _webhooks() -> Iterator[tuple[str, Json]]:
    for name in _named(NOTIFICATIONS):
        _, mode, kind = name.split("/")
        decision = f"{DECISIONS}{kind}"
        decides = decision in names() and (kind in ALWAYS_DECIDED or mode_row(mode.upper()).notify_mode is not None)
        content = {"content": {JSON_TYPE: {"schema": _ref(decision)}}} if decides else {}
        pushed: Json = {
            "summary": load(name)["title"],
            "tags": [mode.upper()],
            "security": SIGNED,
            "requestBody": {"required": True, "content": {JSON_TYPE: {"schema": _ref(name)}}},
            "responses": {"200": {"description": "the decision" if decides else "taken; an empty body", **content}},
        }
        yield f"{mode}_{kind}", {"post": pushed}


def _components() -> Iterator[tuple[str, Json]]:
    asked = {
        name for row in operations() for name in (row.request, row.answer) if row.status == 200 or name == row.request
    }
    for name in sorted({*asked, REFUSAL, *_named(NOTIFICATIONS), *_named(DECISIONS)}):
        yield _component(name), {key: value for key, value in load(name).items() if key not in ("$schema", "$id")}


def _named(prefix: str) -> Iterable[str]:
    return (name for name in names() if name.startswith(prefix))


def _component(name: str) -> str:
    return name.replace("/", ".")


def _ref(name: str) -> Mapping[str, str]:
    return {"$ref": f"#/components/schemas/{_component(name)}"}


def _security() -> Json:
    def header(name: str, text: str) -> Json:
        return {"type": "apiKey", "in": "header", "name": name, "description": text}

    return {
        "authorization": header("Authorization", 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'),
        "aksk": header("X-AKSK", "UsernameToken Username, PasswordDigest = Base64(HMAC-SHA256(secret, Nonce+Created))"),
        "wsse": header("X-WSSE", "UsernameToken Username, PasswordDigest = Base64(SHA256(Nonce+Created+secret))"),
    }
