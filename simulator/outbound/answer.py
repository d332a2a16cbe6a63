"""What comes of one request: an answer, or a failure with its reason; and the reader that turns bytes into either."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import httptools

HEAD_LIMIT = 32 * 1024
BODY_LIMIT = 1024 * 1024
KEPT_BYTES = 64 * 1024
_SHOWN = 60
TLS_RECORDS = (b"\x15\x03", b"\x16\x03")
TLS_HINT = "; that is TLS, so its address begins with https://"
_KNOWN_LENGTH = 1024
_KNOWN_LIMIT = 256
_known: "dict[bytes, Answer]" = {}
"""Whole keep-alive answers by their bytes: a receiver answers most requests alike, and need not be parsed each time."""


class Answer(NamedTuple):
    """A complete, well-formed answer; `body` holds at most its first 64 KiB, `body_length` the bytes that came."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_length: int


class FailureKind(Enum):
    """Why there is no answer."""

    CONNECT = "connect"
    CONNECT_TIMEOUT = "connect_timeout"
    TIMEOUT = "timeout"
    CUT = "cut"
    GARBAGE = "garbage"
    FORBIDDEN = "forbidden"
    TLS = "tls"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer: its kind for programs, its `detail` as a sentence for people."""

    kind: FailureKind
    detail: str


class Reader:
    """Reads the answers of one connection, one after the other; knows nothing of sockets."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.expect(without_body=False)

    def expect(self, *, without_body: bool) -> None:
        """Gets ready for the next answer; `without_body` when the request was a HEAD."""
        self._without_body = without_body
        self._outcome: Answer | Failure | None = None
        self._clean = False
        self.received = 0
        self._first = b""
        self._start_over()

    def _start_over(self) -> None:
        self._status = 0
        self._reason = ""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._length = 0

    @property
    def reusable(self) -> bool:
        """True when the answer was complete and kept alive, and not a byte more came."""
        return self._clean

    def feed(self, chunk: bytes) -> Answer | Failure | None:
        """Reads what arrived; None while the answer is not decided yet."""
        if not self.received and not self._without_body and chunk in _known:
            # between two messages the parser has no memory: what these bytes were once they are again
            self.received, self._clean, self._outcome = len(chunk), True, _known[chunk]
            return self._outcome
        return self._parse(chunk)

    def _parse(self, chunk: bytes) -> Answer | Failure | None:
        if self.received < _SHOWN:
            self._first += chunk[:_SHOWN]
        self.received += len(chunk)
        try:
            self._parser.feed_data(chunk)
        except httptools.HttpParserUpgrade:
            self._stumble("the receiver switched protocols, which nobody asked for")
        except httptools.HttpParserError as error:
            hint = TLS_HINT if self._first[:2] in TLS_RECORDS else ""
            self._stumble(f"no HTTP answer ({error}): {self._start()}{hint}")
        if self._clean and self.received == len(chunk):
            self._remember(chunk)
        return self._outcome or self._runaway()

    def _remember(self, chunk: bytes) -> None:
        """The answer came whole and alone, and its connection lives."""
        if len(chunk) <= _KNOWN_LENGTH and not self._without_body and isinstance(self._outcome, Answer):
            if len(_known) >= _KNOWN_LIMIT:
                _known.clear()
            _known[chunk] = self._outcome

    def end(self) -> Answer | Failure:
        """The outcome when the receiver closed: an answer without a length ends here, any other is cut off."""
        if self._outcome is None and self._status and _ends_with_the_connection(self._headers):
            self._outcome = self._answer()
        return self._outcome or self.cut()

    def cut(self) -> Failure:
        """The failure of an answer that broke off, saying how far it came."""
        if not self.received:
            return Failure(FailureKind.CUT, "the receiver cut the connection before an answer")
        where = f"in the answer's body, after {self._length} bytes" if self._status else "in the answer's header"
        return Failure(FailureKind.CUT, f"the receiver cut the connection {where}: {self._start()}")

    def forget(self) -> None:
        """Lets go of the parser, which holds this reader: no garbage collector needs to run for a dead connection."""
        del self._parser

    def on_message_begin(self) -> None:
        """A status line starts: the first one, the one after a 1xx, or one too many."""
        if self._outcome is None:
            self._start_over()
        self._clean = False

    def on_status(self, status: bytes) -> None:
        """The reason phrase."""
        self._reason = status.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; those after the body (trailers) are nobody's."""
        if not self._status:
            self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The header block ends: its size is judged, and an answer to HEAD is complete."""
        self._status = self._parser.get_status_code()
        if self.received > HEAD_LIMIT and sum(len(n) + len(v) + 4 for n, v in self._headers) > HEAD_LIMIT:
            self._outcome = self._outcome or _too_large("header", HEAD_LIMIT)
        elif self._without_body and self._status >= 200:
            self._outcome = self._outcome or self._answer()

    def on_body(self, piece: bytes) -> None:
        """A piece of the body: counted, and kept as far as 64 KiB."""
        if self._length < KEPT_BYTES:
            self._body.append(piece)
        self._length += len(piece)
        if self._length > BODY_LIMIT and self._outcome is None:
            self._outcome = _too_large("body", BODY_LIMIT)

    def on_message_complete(self) -> None:
        """The answer is complete, unless it was a 1xx or already decided."""
        if self._outcome is not None:
            return
        if self._status < 200:
            self._start_over()
            return
        self._outcome = self._answer()
        self._clean = bool(self._parser.should_keep_alive())

    def _answer(self) -> Answer:
        body = b"".join(self._body)[:KEPT_BYTES]
        return Answer(self._status, self._reason, tuple(self._headers), body, self._length)

    def _stumble(self, detail: str) -> None:
        self._clean = False
        if self._outcome is None:
            self._outcome = Failure(FailureKind.GARBAGE, detail)

    def _runaway(self) -> Failure | None:
        """Guards what no callback sees: an endless header, endless 1xx answers, chunk extensions, trailers."""
        if not self._status and self.received > HEAD_LIMIT:
            return _too_large("header", HEAD_LIMIT)
        return _too_large("framing", BODY_LIMIT) if self.received - self._length > BODY_LIMIT else None

    def _start(self) -> str:
        return f"it started with {self._first[:_SHOWN]!r}"


def _too_large(part: str, limit: int) -> Failure:
    kib = limit // 1024
    return Failure(FailureKind.TOO_LARGE, f"the answer's {part} is longer than {kib} KiB: the rest was not read")


def _ends_with_the_connection(headers: list[tuple[str, str]]) -> bool:
    names = {name.lower(): value for name, value in headers}
    if "transfer-encoding" in names:
        return not names["transfer-encoding"].lower().rstrip().endswith("chunked")
    return "content-length" not in names
