"""Every source is known by its content, read to the same requests, and refused with its place where it is broken."""

import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.replay import from_har, from_journal, lines
from simulator.replay.importers import BadSource, read
from tests.replay.recordings import AT, HEADERS, a_call, capture, event, har, ndjson, request, rows

CALL = a_call()


def write(path: Path, content: bytes | dict | list) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def journal(path: Path, found: list, *, application: int = from_journal.APPLICATION_ID, version: int = 1) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA application_id = {application}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(
            "CREATE TABLE rows(position INTEGER PRIMARY KEY, at TEXT, kind TEXT, app_key TEXT, call_id TEXT, "
            "message_id TEXT, row BLOB)"
        )
        values = [
            (row["position"], row["at"], row["kind"], None, None, None, json.dumps(row).encode()) for row in found
        ]
        connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    connection.close()
    return path


def seen(path: Path) -> list[tuple[object, ...]]:
    return [(one.at, one.url, one.body, one.status, one.answer) for one in read(path)]


def wanted() -> list[tuple[object, ...]]:
    return [(one.at, one.url, one.body, one.status, one.answer) for one in CALL]


SOURCES = {
    "capture": lambda path: write(path, capture(CALL)),
    "rows": lambda path: write(path, ndjson(rows(CALL))),
    "page": lambda path: write(path, {"rows": rows(CALL), "last_position": 9, "dropped": 0}),
    "page over lines": lambda path: write(
        path, json.dumps({"rows": rows(CALL), "last_position": 9}, indent=1).encode()
    ),
    "database": lambda path: journal(path, rows(CALL)),
    "har": lambda path: write(path, har(CALL)),
    "har over lines, with a mark": lambda path: write(path, b"\xef\xbb\xbf" + json.dumps(har(CALL), indent=2).encode()),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", ["x.db", "x.har", "x.ndjson", "nothing"])
def test_a_source_is_what_its_content_says(tmp_path, source, name):
    assert seen(SOURCES[source](tmp_path / name)) == wanted()


def test_bare_bodies_have_the_time_that_they_tell_and_no_address(tmp_path):
    number_status = b'{"eventType":"numStatus","numInfo":[{"number":"+8613800000001","status":"5"}]}'
    found = list(read(write(tmp_path / "b", event("callin", seconds=5) + b"\n\n" + number_status + b"\n")))
    assert [(one.at - AT).total_seconds() for one in found] == [5, 5]
    assert {(one.url, one.status, one.failure) for one in found} == {("", None, "")}
    assert [one.source.rpartition(":")[2] for one in found] == ["1", "3"]


def test_one_body_that_is_printed_over_lines_is_one_request(tmp_path):
    body = json.dumps(json.loads(event("callin")), indent=2).encode()
    assert [json.loads(one.body) for one in read(write(tmp_path / "b", body))] == [json.loads(event("callin"))]


def test_attempts_come_in_the_order_of_their_starts_though_they_end_in_another(tmp_path):
    one, two = rows([request(event("callin")), request(event("callin", "s-2"), 1)])[0::2]
    ends = rows([request(b"{}"), request(b"{}", 1)])[1::2]
    found = list(read(write(tmp_path / "j", ndjson([one, two, ends[1], ends[0]]))))
    assert [one.notification_id for one in found] == ["d-1", "d-2"]
    assert {one.status for one in found} == {200}


def test_an_attempt_without_an_end_says_so_and_one_that_was_never_sent_is_none(tmp_path):
    started = rows([request(event("callin"))])[0]
    unsent = rows([request(event("callin"))])
    unsent[1] = {**unsent[1], "failure": "dropped", "status": None}
    (found,) = read(write(tmp_path / "j", ndjson([started])))
    assert (found.status, found.failure) == (None, "the journal has no end of this attempt")
    assert list(read(write(tmp_path / "k", ndjson(unsent)))) == []


def test_more_attempts_than_are_held_open_are_read_without_their_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(from_journal, "OPEN_MOST", 2)
    starts = rows([request(event("callin", f"s-{number}"), number) for number in range(5)])[0::2]
    assert len(list(read(write(tmp_path / "j", ndjson(starts))))) == 5


def test_what_a_fault_sent_is_read_byte_for_byte(tmp_path):
    found = rows([request(event("callin"))])
    found[0] |= {"body": "?", "body_base64": "/w==", "fault": "garbage"}
    assert [one.body for one in read(write(tmp_path / "j", ndjson(found)))] == [b"\xff"]


def test_only_posts_of_json_are_taken_from_a_har(tmp_path):
    document = har(CALL)
    document["log"]["entries"][0]["request"]["method"] = "GET"
    document["log"]["entries"][1]["request"]["postData"]["mimeType"] = "text/html"
    document["log"]["entries"][2]["request"].pop("postData")
    (found,) = read(write(tmp_path / "h", document))
    assert found.body == CALL[3].body
    assert found.headers == HEADERS
    assert found.wall_seconds == 0.0125


def test_a_har_whose_request_is_base64_and_that_has_no_answer_is_read(tmp_path):
    document = har(CALL[:1])
    document["log"]["entries"][0]["request"]["postData"] |= {"text": "e30=", "encoding": "base64"}
    document["log"]["entries"][0]["response"]["status"] = 0
    (found,) = read(write(tmp_path / "h", document))
    assert (found.body, found.status, found.failure, found.wall_seconds) == (b"{}", None, "the HAR has no answer", None)


def test_a_line_that_the_end_of_a_program_cut_is_the_last_one(tmp_path):
    assert len(list(read(write(tmp_path / "c", capture(CALL)[:-20])))) == len(CALL) - 1


STARTED_ROW = (
    '{"position": 1, "kind": "attempt_started", "at": "0001-01-01T00:00:00Z", "url": "/", "headers": [], "app_key": null, '
    '"delivery_id": "d", "number": 1}\n'
)
ENDED_ROW = '{"position": 2, "kind": "attempt_ended", "at": "x", "delivery_id": "d", "number": 1, %s}\n'
BROKEN = {
    "": "is empty, instead of a journal of pnsim (its file or its rows as JSON), a capture, a HAR, or NDJSON with a "
        "notification's body a line",
    "nonsense": "FILE:1:1: no JSON (invalid literal, expected 'null'), instead of a journal of pnsim",
    '{"a": 1}\n{"b": 2}\n': 'FILE: {"a":1}, instead of a journal of pnsim',
    "[1, 2]": "FILE: [1,2], instead of a journal of pnsim",
    '{"format": "pnsim.capture", "version": 2}\n': "FILE:1: a capture of version 2, and this pnsim reads 1",
    '{"format": "pnsim.capture", "version": 1}\n{}\n': "FILE:2: 'at' is missing, instead of a line as `pnsim capture` writes it",
    '{"format": "pnsim.capture", "version": 1}\n3\n': "FILE:2: int 3, instead of a line as `pnsim capture` writes it",
    '{"format": "pnsim.capture", "version": 1}\n\n{"at": "2026-01-01", "method": "POST", "url": "/", "headers": []}\n':
        "FILE:3: the instant '2026-01-01' names no zone; write it with Z at its end",
    '{"position": 1, "kind": "x", "at": "x"}\nnot this\n': "FILE:2: no JSON (",
    '{"position": 1, "kind": "x", "at": "x"}\n{"a": 1}\n': "FILE:2: {'a': 1}, instead of a row of the journal",
    '{"position": 1, "kind": "attempt_started", "at": "x"}\n': "FILE:1: Invalid isoformat string: 'x', instead of a row",
    '{"position": 1, "kind": "attempt_started", "at": "2026-01-01T00:00:00Z"}\n': "FILE:1: 'url' is missing, instead of a row",
    STARTED_ROW.replace('"number": 1', '"number": "x"'): "FILE:1: a whole number of at most 64 bits is expected, not 'x'",
    STARTED_ROW.replace('"app_key": null', '"app_key": {}'): "FILE:1: app_key is {} and no text, instead of a row of the",
    STARTED_ROW.replace("T00:00:00Z", "T00:00:00+14:00"): "FILE:1: the instant '0001-01-01T00:00:00+14:00' is none of the years",
    STARTED_ROW + '{"position": 2, "kind": "attempt_ended", "at": "x", "delivery_id": "d", "number": [1]}\n':
        "FILE:2: a whole number of at most 64 bits is expected, not [1], instead of a row of the journal",
    STARTED_ROW + ENDED_ROW % '"status": 1.5': "FILE:1: a whole number of at most 64 bits is expected, not 1.5, instead of a row",
    STARTED_ROW + ENDED_ROW % '"wall_seconds": "x"': "FILE:1: a number of seconds is expected, not 'x', instead of a row",
    '{"format": "pnsim.capture", "version": 1}\n{"at": "9999-12-31T23:59:59-14:00", "method": "", "url": "", "headers": []}\n':
        "FILE:2: the instant '9999-12-31T23:59:59-14:00' is none of the years 1 to 9999 in UTC, instead of a line",
    '{"format": "pnsim.capture", "version": 1}\n{"at": "2026-01-01T00:00:00Z", "method": "POST", "url": "/", "headers": [], '
    '"attempt": "99999999999999999999"}\n': "FILE:2: a whole number of at most 64 bits is expected, not '9999999999",
    '{"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "request": {"method": "POST", "url": "/", '
    '"postData": {"mimeType": "application/json"}}, "response": {"status": 1e30}}]}}':
        "FILE: entry 1: a whole number of at most 64 bits is expected, not 1e+30, instead of an entry of HAR 1.2",
    '{"eventType": "callin"}\n{"eventType": 3}\n': 'FILE:2: {"eventType": 3}, instead of a notification\'s body',
    '{"eventType": "callin"}\n{"event\n': "FILE:2: no JSON (",
    '{"log": {"entries": 3}}': "FILE: log.entries is 3, instead of the list of requests that a HAR has",
    '{"log": {"entries": [{}]}}': "FILE: entry 1: 'request' is missing, instead of an entry of HAR 1.2",
    '{"log": {"entries": [3]}}': "FILE: entry 1: 3, instead of an entry of HAR 1.2",
}  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), BROKEN.items())
def test_what_is_broken_is_refused_with_its_place_and_what_would_be_right(tmp_path, content, sentence):
    path = write(tmp_path / "FILE", content.encode())
    with pytest.raises(BadSource) as refused:
        list(read(path))
    assert sentence in str(refused.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ({"application": 7}, "a database, but no journal of pnsim"),
        ({"version": 3}, "a journal of version 3, and this pnsim reads 1"),
    ],
)
def test_another_database_is_refused(tmp_path, made, sentence):
    with pytest.raises(BadSource, match=sentence):
        list(read(journal(tmp_path / "j", [], **made)))


def test_a_damaged_journal_is_refused_and_one_that_is_read_stays_as_it_is(tmp_path):
    path = journal(tmp_path / "j", rows(CALL * 100))
    before = path.read_bytes()
    assert len(list(read(path))) == 400
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["j"]
    path.write_bytes(before[:5000] + b"\xff" * 9000 + before[14000:])
    with pytest.raises(BadSource, match=r"damaged or locked|cannot be read|no JSON"):
        list(read(path))


def test_a_journal_that_is_being_written_is_read_to_its_last_commit(tmp_path):
    path = journal(tmp_path / "j", rows(CALL))
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    more = rows([request(event("callin", "late"), 90)])
    for row in more:
        values = (row["position"] + 100, row["at"], row["kind"], json.dumps(row).encode())
        writer.execute("INSERT INTO rows(position, at, kind, row) VALUES (?, ?, ?, ?)", values)
    assert len(seen(path)) == len(CALL)
    writer.commit()
    assert len(seen(path)) == len(CALL) + 1
    writer.close()


def test_a_view_that_calls_itself_rows_is_no_journal(tmp_path):
    path = journal(tmp_path / "j", [])
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE rows")
        connection.execute("CREATE VIEW rows AS SELECT 1 AS position, 'attempt_started' AS kind, x'7b7d' AS row")
    connection.close()
    with pytest.raises(BadSource, match="no journal of pnsim"):
        list(read(path))


def test_lengths_are_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "LONGEST_LINE", 2000)
    with pytest.raises(BadSource, match=r":2: a line of more than 0 MiB, instead of one request"):
        list(read(write(tmp_path / "b", event("callin") + b"\n" + event("callin", "s" * 3000))))
    monkeypatch.setattr(lines, "WHOLE_LIMIT", 100)
    with pytest.raises(BadSource, match="one JSON document of more than 0 MiB"):
        list(read(write(tmp_path / "h", json.dumps(har(CALL), indent=1).encode())))
    monkeypatch.setattr(lines, "WHOLE_LIMIT", 100_000)
    monkeypatch.setattr(from_har, "MOST_ENTRIES", 3)
    with pytest.raises(BadSource, match=r"4 entries, and 3 is the most that is read at once; split it"):
        list(read(write(tmp_path / "h1", har(CALL[:1] * 4))))


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadSource, match="cannot be read: No such file or directory"):
        list(read(tmp_path / "nowhere"))


@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=300) | st.text().map(str.encode))
def test_no_bytes_of_a_stranger_break_it(tmp_path_factory, content):
    path = write(tmp_path_factory.getbasetemp() / "stranger", content)
    try:
        list(read(path))
    except BadSource as refused:
        words = ("instead of", "reads 1", "the journal cannot be read: ")
        assert any(word in str(refused) for word in words)  # noqa: PT017 - either it is read, or refused well
