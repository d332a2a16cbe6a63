"""Who may ask, in which order that is judged, and what is not understood."""

import asyncio
import io
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from simulator.control.guard import check_host, host_name
from simulator.control.problems import Problem
from simulator.control.routes import PREFIX, menu

if TYPE_CHECKING:
    from conftest import Plane

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
PATHS = (
    "/ready",
    "/apps",
    "/apps/x/numbers",
    "/calls/x/release",
    "/journal",
    "/journal/wait",
    "/events",
    "/session",
    "/catalogue",
    "/openapi.json",
    "/metrics",
    "/snapshot",
    "/nothing",
    "/page/../control/v1/events",
    "/..%2f",
    "/",
    "/control/v2/ready",
    "/control",
)


@pytest.mark.parametrize("token", [None, "wrong", "", "é"])
async def test_without_the_token_every_route_and_every_other_path_is_401(plane: "Plane", token: str | None) -> None:
    routes = [(route.method, route.path) for route in menu(deps_of(plane))]
    for method, path in [*routes, *((method, path) for method in METHODS for path in PATHS)]:
        status, problem, headers = await plane.raw(
            method, path, token=token, data=b"{not json", headers={"Expect": "x"}
        )
        assert status == 401, (method, path)
        assert method == "HEAD" or problem["title"] == "unauthorized", (method, path)
        assert headers["WWW-Authenticate"] == 'Bearer realm="pnsim"'
        assert headers["Content-Type"] == "application/problem+json"
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_the_feed_tells_nothing_to_who_has_no_token(plane: "Plane", token: str | None) -> None:
    for path in ("/events", "/events?after=0", f"/events?token={plane.token}"):
        status, problem, headers = await plane.raw("GET", path, token=token, headers={"Last-Event-ID": "0"})
        assert (status, problem["title"], headers["Content-Type"]) == (401, "unauthorized", "application/problem+json")


async def test_no_other_site_may_read_an_answer(plane: "Plane") -> None:
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"},
    ):
        for method in ("GET", "OPTIONS"):
            _, _, answered = await plane.raw(method, "/ready", headers=headers)
            assert not [name for name in answered if name.lower().startswith("access-control-")]


def deps_of(plane: "Plane") -> object:
    """Enough of the dependencies to read the menu."""
    from simulator.control.deps import ControlDeps

    simulator = plane.simulator
    return ControlDeps(simulator.exchange, simulator.story, "", simulator.describe, simulator.spec)


async def test_the_one_public_path_beside_the_pages_files_holds_no_data(plane: "Plane") -> None:
    for token in (None, "wrong", plane.token):
        status, body, headers = await plane.raw("GET", "/control/../live", token=token)
        assert (status, body) == (204, None)
        assert set(headers) <= {"Cache-Control", "Date", "Server"}
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await plane.raw(method, "/control/../live", token=None))[0] == 401
    assert (await plane.raw("GET", "/live", token=None))[0] == 401, "under /control/v1 there is no public path"


async def test_a_broken_part_is_told_to_whoever_probes(plane: "Plane") -> None:
    assert plane.simulator.failed is not None
    plane.simulator.failed.set_exception(RuntimeError("the emitter broke"))
    assert (await plane.raw("GET", "/control/../live", token=None))[:2] == (503, None)


async def test_401_comes_before_a_body_that_never_arrives(plane: "Plane") -> None:
    host, port = plane.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {PREFIX}/calls HTTP/1.1\r\nHost: {host}\r\nContent-Length: 999999999\r\n\r\n".encode())
    async with asyncio.timeout(10):
        assert (await reader.readline()).split()[1] == b"401"
    writer.close()


async def test_a_body_held_back_is_asked_for_only_from_the_bearer(plane: "Plane") -> None:
    host, port = plane.url.removeprefix("http://").split(":")
    first_lines = []
    for token in (plane.token, "wrong"):
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {PREFIX}/clock/freeze HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        writer.write(f"{head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n".encode())
        async with asyncio.timeout(10):
            first_lines.append(await reader.readline())
        writer.close()
    assert [line.split()[1] for line in first_lines] == [b"100", b"401"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "localhost.evil.example:8081"])
async def test_a_foreign_host_is_refused_even_with_the_token(plane: "Plane", host: str) -> None:
    status, problem, _ = await plane.raw("GET", "/ready", headers={"Host": host})
    assert (status, problem["title"]) == (421, "misdirected request")
    assert problem["valid"] == ["127.0.0.1", "::1", "localhost"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:9", "[::1]:8081"])
async def test_loopback_names_are_ours_on_any_port(plane: "Plane", host: str) -> None:
    assert (await plane.raw("GET", "/ready", headers={"Host": host}))[0] == 200


@pytest.mark.parametrize(
    ("bound", "host", "is_ours"),
    [
        ("10.0.0.5", "10.0.0.5:8081", True),
        ("10.0.0.5", "10.0.0.6:8081", False),
        ("10.0.0.5", "pnsim:8081", False),
        ("0.0.0.0", "10.0.0.6:8081", True),
        ("0.0.0.0", "pnsim:8081", True),
        ("::", "[fe80::1]:8081", True),
        ("0.0.0.0", "pnsim.evil.example:8081", False),
        ("0.0.0.0", "", False),
    ],
)
def test_bound_to_every_address_literals_and_names_without_a_dot_are_ours(bound: str, host: str, is_ours: bool) -> None:
    with nullcontext() if is_ours else pytest.raises(Problem, match="is not this control plane"):
        check_host({"Host": host}, bound)


def test_a_host_header_is_read_without_port_and_brackets() -> None:
    assert [host_name(text) for text in ("[::1]:80", "A.b:1", "::::", "[x")] == ["::1", "a.b", "", ""]


async def test_an_unknown_path_is_404_with_the_nearest(plane: "Plane") -> None:
    status, problem, headers = await plane.raw("GET", "/call")
    assert (status, problem["valid"]) == (404, ["/control/v1/calls"])
    assert problem["detail"] == "there is no /control/v1/call; did you mean /control/v1/calls?"
    assert headers["Content-Type"] == "application/problem+json"


async def test_a_wrong_method_is_405_with_the_right_ones(plane: "Plane") -> None:
    status, problem, _ = await plane.raw("PUT", "/apps/x")
    assert (status, problem["valid"]) == (405, ["DELETE", "GET", "PATCH"])
    assert problem["detail"] == "PUT is not possible at /control/v1/apps/x; there is DELETE and GET and PATCH"


REFUSED_BODIES = [
    (b"{", "application/json", 400, "not json", None),
    (b"[1]", "application/json", 400, "not an object", "the body must be a JSON object in { }"),
    (b"{}", "text/plain", 415, "unsupported media type", "the body must be application/json, not text/plain"),
    (b'{"caller":"x","dialled":"y"}', "application/json", 422, "missing member", "the body lacks 'app_key'"),
    (
        b'{"ring_seconds": 1}',
        "application/json",
        422,
        "unknown member",
        (
            "the body has no member 'ring_seconds'; did you mean 'rings_seconds'? It takes: app_key, caller, dialled, "
            "extension, outcome, rings_seconds, talks_seconds, released_by, hangup_cause"
        ),
    ),
    (
        b'{"app_key":"axb-demo","caller":"x","dialled":"y","rings_seconds":-1}',
        "application/json",
        422,
        "wrong value",
        "the body: rings_seconds must be a number from 0 to 86400, not -1",
    ),
    (
        b'{"app_key":"axb-demo","caller":"x","dialled":"y","released_by":"A"}',
        "application/json",
        422,
        "wrong value",
        'the body: released_by must be "caller" or "callee", not \'A\'',
    ),
    (b'{"app_key":NaN}', "application/json", 400, "not json", None),
]


@pytest.mark.parametrize(("body", "content_type", "status", "title", "detail"), REFUSED_BODIES)
async def test_a_body_that_is_not_understood_is_a_problem_that_teaches(
    plane: "Plane", body: bytes, content_type: str, status: int, title: str, detail: str | None
) -> None:
    got, problem, headers = await plane.raw("POST", "/calls", data=body, headers={"Content-Type": content_type})
    assert (got, problem["title"], problem["status"]) == (status, title, status)
    assert headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == "https://pnsim.dev/problems/" + title.replace(" ", "-")
    assert detail is None or problem["detail"] == detail


async def test_a_body_over_the_limit_is_413(plane: "Plane") -> None:
    body = io.BytesIO(b" " * (1024 * 1024 + 1))
    status, problem, _ = await plane.raw("POST", "/calls", data=body, headers={"Content-Type": "application/json"})
    assert (status, problem["detail"]) == (413, "a body may have at most 1 MiB")


async def test_a_compressed_body_is_refused(plane: "Plane") -> None:
    status, problem, _ = await plane.raw("POST", "/calls", data=b"{}", headers={"Content-Encoding": "gzip"})
    assert (status, problem["title"]) == (415, "unsupported media type")


async def test_unknown_and_repeated_query_members_are_refused(plane: "Plane") -> None:
    assert (await plane.raw("GET", "/calls?limt=3"))[1]["detail"] == (
        "the query has no member 'limt'; did you mean 'limit'? It takes: app_key, limit, cursor"
    )
    assert (await plane.raw("GET", "/calls?limit=3&limit=4"))[1]["title"] == "member given twice"
    assert (await plane.raw("GET", "/calls?limit=x"))[1]["detail"] == (
        "the query: limit must be a whole number from 1 to 1000, not 'x'"
    )
    assert (await plane.raw("GET", "/ready?x=1"))[1]["detail"] == "the query has no member 'x'; it takes none"


async def test_a_bug_is_answered_as_a_problem_without_a_traceback(
    plane: "Plane", monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(plane.simulator.exchange, "calls", lambda *_: 1 / 0)
    status, problem, _ = await plane.raw("GET", "/calls")
    assert (status, problem["title"]) == (500, "bug")
    assert "Traceback" not in str(problem)
    assert "ZeroDivisionError" in caplog.text


async def test_every_request_is_in_the_journal_except_reading_it(plane: "Plane") -> None:
    before = plane.simulator.exchange.journal.last_position
    await plane.raw("GET", "/ready", token=None)
    await plane.raw("GET", "/nothing")
    await plane.raw("POST", "/clock/advance", json={"seconds": 0})
    await plane.raw("GET", "/journal")
    _, page, _ = await plane.raw("GET", f"/journal?after={before}&kind=control_request")
    assert [(row["method"], row["path"], row["status"], row["body"]) for row in page["rows"]] == [
        ("GET", "/control/v1/ready", 401, ""),
        ("GET", "/control/v1/nothing", 404, ""),
        ("POST", "/control/v1/clock/advance", 200, '{"seconds": 0}'),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"app_key": "k", "app_secret": "hush-hush", "x": 1}',
        b'{"app_key": "k", "\\u0061pp_secret": "hush-hush"}',
        b'[{"app_secret": "hush-hush"}]',
        b'{"app_secret": "hush-hush", ',
        b'{"app_key": "k", "app_secret": ["hush-hush"]}',
        b'{"app_key": "k", "app_sceret": "hush-hush"}',
        b'{"app_key": "k", "apsecret": "hush-hush"}',
        b'{"app_key": "k", "passwort": "hush-hush"}',
    ],
)
async def test_no_secret_reaches_the_journal_or_an_answer(plane: "Plane", body: bytes) -> None:
    _, answer, _ = await plane.raw("POST", "/apps", data=body, headers={"Content-Type": "application/json"})
    _, page, _ = await plane.raw("GET", "/journal?limit=1000")
    assert page["rows"][-1]["path"] == "/control/v1/apps"
    assert "hush" not in str(page)
    assert "hush" not in str(answer)
