"""A customer's server of the standard library, in a thread: what a team would put in place of it is its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class Customer:
    """What came, and what is answered: statuses one after the other, then 200; `stuck` answers nothing until it is set."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.statuses: list[int] = []
        self.stuck: Event | None = None
        self.url = ""

    def answer(self, path: str) -> int:
        self.paths.append(path)
        if self.stuck is not None:
            self.stuck.wait(20)
        return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def customer() -> Iterator[Customer]:
    told = Customer()

    class Requests(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(told.answer(self.path))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        if told.stuck is not None:
            told.stuck.set()
        server.shutdown()
        server.server_close()
        thread.join()
