"""Receivers in a thread of their own, as a customer would write one: they keep every body and answer as they are told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Wire", str, bytes], int]
"""The status of an answer to a body at a path; 0: the connection is cut."""


class Wire(ThreadingHTTPServer):
    """A receiver; it has a state that may be asked for."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.told: list[tuple[str, bytes]] = []
        self.answer = answer
        self.state = b'{"open":1}'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        wire = self.server
        assert isinstance(wire, Wire)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wire.told.append((self.path, body))
        status = wire.answer(wire, self.path, body)
        self.close_connection = not status
        if status:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_GET(self) -> None:
        wire = self.server
        assert isinstance(wire, Wire)
        self.send_response(200)
        self.send_header("Content-Length", str(len(wire.state)))
        self.end_headers()
        self.wfile.write(wire.state)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def listening(answer: Answer = lambda *_: 200) -> Iterator[Wire]:
    """A receiver that listens meanwhile."""
    wire = Wire(answer)
    thread = threading.Thread(target=wire.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield wire
    finally:
        wire.shutdown()
        thread.join()
        wire.server_close()
