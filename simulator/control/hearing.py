"""A request that was heard, over the wire or directly: what of it the journal keeps, and what it asks of its route."""

from collections.abc import Mapping

from simulator.contract.secret_members import without_secrets
from simulator.control.asked import Asked, checked, read_json
from simulator.control.routes import Route
from simulator.exchange.rows import BODY_KEPT, ControlExchange


def named_in(row: ControlExchange, path: Mapping[str, str]) -> dict[str, str]:
    """What the path names; application and call go to the row."""
    row.app_key, row.call_id = path.get("app_key"), path.get("call_id")
    return dict(path)


def asked_of(
    route: Route,
    row: ControlExchange,
    path: Mapping[str, str],
    query: Mapping[str, str],
    content_type: str,
    content: bytes,
) -> Asked:
    """What the route is asked, checked; what the journal may keep of the body goes to `row`. Raises Problem."""
    asked = checked(query, route.query, "the query")
    is_application = route.body is None and route.path.startswith("/apps")
    row.body = without_secrets(content, is_application=is_application)[:BODY_KEPT]
    given = read_json(content_type, content)
    body = given if route.body is None else checked(given, route.body, "the body")
    app_key = given.get("app_key", row.app_key)
    row.app_key = app_key if isinstance(app_key, str) else None
    return Asked(path, asked, body, content=content)
