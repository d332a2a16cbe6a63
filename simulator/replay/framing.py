"""Where one HTTP/1 message ends and the next begins, read from bytes that pass by; it judges nothing and refuses nothing.

What is no HTTP ends the reading (`is_lost`), never the passing: an observer that is stricter than the receiver would
lose what matters most, the odd request that broke it.
"""

import re
from collections.abc import Callable

HEAD_LIMIT = 64 * 1024
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"\r?\n")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_REQUEST = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^ ]+ HTTP/1\.[0-9]")
_ANSWER = re.compile(rb"HTTP/1\.[0-9] [0-9]{3}(?: |$)")
FOREVER = -1
"""Length of a body that ends with its connection."""

Headers = tuple[tuple[str, str], ...]


class Lost(Exception):
    """These bytes are no HTTP/1 that can be followed."""


class Message:
    """One request or answer; its body grows while it arrives, without chunk sizes and trailers."""

    __slots__ = ("_head", "body", "headers", "is_complete", "length", "start")

    def __init__(self, head: bytes) -> None:
        lines = _LINE.split(head)
        self.start = lines[0]
        self._head = lines[1:]
        self.headers: Headers = tuple(_header(line) for line in _unfolded(self._head))
        self.body: list[bytes] = []
        self.length = 0
        self.is_complete = False

    @property
    def status(self) -> int:
        """The status of an answer."""
        return int(self.start[9:12])

    @property
    def method(self) -> str:
        """The method of a request."""
        return self.start.split(b" ", 1)[0].decode("latin-1")

    @property
    def target(self) -> str:
        """The target of a request, as it was written."""
        return self.start.split(b" ")[1].decode("latin-1")

    def values(self, name: str) -> list[str]:
        """What every header of this name says, in lower case."""
        return [value.lower() for each, value in self.headers if each.lower() == name]


class Framing:
    """Follows one direction of a connection.

    `keep` takes the size of each piece of a body and says whether it may be remembered; `begun` is told of each head (its answer:
    that the message has no body whatever its head says), `ended` of each end.
    """

    def __init__(
        self,
        *,
        answers: bool,
        begun: Callable[[Message], bool],
        keep: Callable[[int], bool],
        ended: Callable[[Message], None],
    ) -> None:
        self._start = _ANSWER if answers else _REQUEST
        self._answers = answers
        self._begun, self._keep, self._ended = begun, keep, ended
        self._rest = b""
        self._message: Message | None = None
        self._left = 0
        self._chunked = ""
        self.is_lost = False

    @property
    def is_inside(self) -> bool:
        """True while a message has begun, if only with its first byte, and not ended."""
        return self._message is not None or bool(self._rest)

    @property
    def came(self) -> int:
        """How many bytes of a body are there of the message that has not ended."""
        return self._message.length if self._message is not None else 0

    def feed(self, data: bytes) -> None:
        """Follow what passed."""
        if self.is_lost:
            return
        data, self._rest = self._rest + data, b""
        try:
            while data:
                data = self._head(data) if self._message is None else self._body(self._message, data)
        except (Lost, ValueError):
            self.is_lost, self._rest = True, b""

    def end(self) -> None:
        """The connection ended: so does a body that has no other end."""
        if self._message is not None and self._left == FOREVER:
            self._finish(self._message)

    def stop(self) -> None:
        """Follow no further, as after a change of protocols."""
        self.is_lost = True

    def _head(self, data: bytes) -> bytes:
        data = data.lstrip(b"\r\n")
        found = _END_OF_HEAD.search(data)
        if found is None:
            if len(data) > HEAD_LIMIT or not _could_start(data, answers=self._answers):
                raise Lost
            self._rest = data
            return b""
        head = data[: found.start()]
        if not self._start.match(head):
            raise Lost
        message = self._message = Message(head)
        without_body = self._begun(message)
        self._left, self._chunked = (0, "") if without_body else self._framed(message)
        if self._left == 0 and not self._chunked:
            self._finish(message)
        return data[found.end() :] if not self.is_lost else b""

    def _framed(self, message: Message) -> tuple[int, str]:
        codings = message.values("transfer-encoding")
        if codings and codings[-1].rstrip().endswith("chunked"):
            return 0, "size"
        lengths = message.values("content-length")
        if lengths and not codings:
            if not lengths[0].isascii() or not lengths[0].isdecimal():
                raise Lost
            return int(lengths[0]), ""
        return (FOREVER if self._answers else 0), ""

    def _body(self, message: Message, data: bytes) -> bytes:
        if self._chunked == "size":
            return self._size(data)
        if self._chunked in ("gap", "trailers"):
            return self._line(message, data)
        piece = data if self._left == FOREVER else data[: self._left]
        message.length += len(piece)
        if self._keep(len(piece)):
            message.body.append(piece)
        if self._left != FOREVER:
            self._left -= len(piece)
            if not self._left:
                self._piece_ended(message)
        return data[len(piece) :]

    def _piece_ended(self, message: Message) -> None:
        if self._chunked:
            self._chunked = "gap"
        else:
            self._finish(message)

    def _cut_line(self, data: bytes) -> tuple[bytes, bytes] | None:
        """A whole line and what follows; None where it has not all come."""
        end = data.find(b"\n")
        if end < 0:
            if len(data) > HEAD_LIMIT:
                raise Lost
            self._rest = data
            return None
        return data[:end].rstrip(b"\r"), data[end + 1 :]

    def _size(self, data: bytes) -> bytes:
        cut = self._cut_line(data)
        if cut is None:
            return b""
        size = _SIZE.match(cut[0])
        if size is None:
            raise Lost
        self._left = int(size[0], 16)
        self._chunked = "data" if self._left else "trailers"
        return cut[1]

    def _line(self, message: Message, data: bytes) -> bytes:
        """The line end behind a chunk, or a trailer."""
        cut = self._cut_line(data)
        if cut is None:
            return b""
        if self._chunked == "gap":
            self._chunked = "size"
        elif not cut[0]:
            self._finish(message)
        return cut[1]

    def _finish(self, message: Message) -> None:
        self._message = None
        message.is_complete = True
        self._ended(message)


def _could_start(data: bytes, *, answers: bool) -> bool:
    """Whether this may be the start of a message; a stream that never ends its first line is none."""
    if answers:
        return b"HTTP/1."[: len(data)] == data[:7]
    return data[:1].isalpha() or data[:1] in b"!#$%&'*+.^_`|~-"


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """Header lines, a folded one (RFC 9112, 5.2) joined to the one before."""
    whole: list[bytes] = []
    for line in lines:
        if whole and line[:1] in (b" ", b"\t"):
            whole[-1] += b" " + line.strip()
        else:
            whole.append(line)
    return whole


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").partition(":")
    return name, value.strip(" \t")
