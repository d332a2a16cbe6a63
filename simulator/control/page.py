"""The page's files: public, without data, under a policy that runs no script but theirs (semantics 24)."""

from collections.abc import Awaitable, Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served, by the end of its name; nothing else is."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
FOLDER = "page"


def page_files() -> dict[str, tuple[str, bytes]]:
    """Path on the control port -> content type and bytes; the page itself is at `/`."""
    found = dict(_walk(files("simulator.control").joinpath(FOLDER), "/page/"))
    return {("/" if path == "/page/index.html" else path): file for path, file in found.items()}


def add_page(app: web.Application) -> None:
    """Serve the page's files beside the routes."""
    for path, (content_type, content) in page_files().items():
        app.router.add_get(path, _serving(content_type, content))


def _serving(content_type: str, content: bytes) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=content, headers={**HEADERS, "Content-Type": content_type})

    return serve


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif (content_type := TYPES.get(f".{entry.name.rpartition('.')[2]}")) is not None:
            yield prefix + entry.name, (content_type, entry.read_bytes())
