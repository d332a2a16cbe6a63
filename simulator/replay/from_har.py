"""HAR, as browsers and proxies export it: its POSTs of JSON, in the order of their time."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from simulator.replay.lines import BadSource
from simulator.replay.recorded import Headers, Recorded, seconds, utc, whole

MOST_ENTRIES = 100_000
NO_ANSWER = "the HAR has no answer"


def is_har(value: object) -> bool:
    """Whether a value is a HAR document."""
    return isinstance(value, dict) and isinstance(value.get("log"), dict)


def read(document: Mapping[str, Any], name: str) -> Iterator[Recorded]:
    """Its POSTs of JSON; whatever else a browser did is passed over. Raises BadSource."""
    entries = document["log"].get("entries")
    if not isinstance(entries, list):
        raise BadSource(f"{name}: log.entries is {entries!r:.40}, instead of the list of requests that a HAR has")
    if len(entries) > MOST_ENTRIES:
        raise BadSource(
            f"{name}: {len(entries):,} entries, and {MOST_ENTRIES:,} is the most that is read at once; split it"
        )
    for number, entry in enumerate(entries, 1):
        where = f"{name}: entry {number}"
        try:
            if _is_ours(_object(_object(entry)["request"])):
                yield _recorded(entry, where)
        except KeyError as missing:
            raise BadSource(f"{where}: {missing.args[0]!r} is missing, instead of an entry of HAR 1.2") from None
        except (TypeError, ValueError, AttributeError) as wrong:
            raise BadSource(f"{where}: {wrong}, instead of an entry of HAR 1.2") from None


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r:.40}")
    return value


def _is_ours(request: Mapping[str, Any]) -> bool:
    posted = request.get("postData") or {}
    kind = str(posted.get("mimeType") or "").partition(";")[0].strip().lower()
    return request["method"] == "POST" and kind.endswith(("/json", "+json"))


def _recorded(entry: Mapping[str, Any], where: str) -> Recorded:
    request, response = entry["request"], entry.get("response") or {}
    at = datetime.fromisoformat(entry["startedDateTime"])
    if at.tzinfo is None:
        raise ValueError(f"startedDateTime {entry['startedDateTime']!r:.40} names no zone")
    status = whole(response.get("status") or 0) or None
    failure = "" if status else str(response.get("_error") or NO_ANSWER)
    milliseconds = seconds(entry.get("time") or 0)
    return Recorded(
        at=utc(at),
        source=where,
        method="POST",
        url=str(request["url"]),
        headers=_headers(request),
        body=_content(request["postData"]),
        status=status,
        answer_headers=_headers(response),
        answer=_content(response.get("content") or {}),
        failure=failure,
        wall_seconds=milliseconds / 1000 if status else None,
    )


def _headers(side: Mapping[str, Any]) -> Headers:
    """Without the pseudo headers of HTTP/2, and without the encoding that HAR has undone."""
    given = ((str(header["name"]), str(header["value"])) for header in side.get("headers") or ())
    return tuple(
        (name, value) for name, value in given if not name.startswith(":") and name.lower() != "content-encoding"
    )


def _content(part: Mapping[str, Any]) -> bytes:
    text = str(part.get("text") or "")
    return b64decode(text, validate=True) if part.get("encoding") == "base64" else text.encode()
