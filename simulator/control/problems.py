"""Refusals of the control plane: `application/problem+json` (RFC 9457) that says what would be valid."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

import orjson
from aiohttp import web

TYPE_PREFIX = "https://pnsim.dev/problems/"


class Problem(Exception):
    """A refusal: `title` names its kind, `detail` says what was wrong here, `more` what a program may read of it."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.more = more
        self.headers: Mapping[str, str] = {}
        """What the answer has beside its body."""

    def as_json(self) -> dict[str, object]:
        """The problem as it is answered."""
        slug = self.title.lower().replace(" ", "-")
        return {
            "type": TYPE_PREFIX + slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }

    def response(self, headers: Mapping[str, str] | None = None) -> web.Response:
        """The answer that says so."""
        return web.Response(
            status=self.status,
            body=orjson.dumps(self.as_json()),
            content_type="application/problem+json",
            headers=headers,
        )


def unknown(kind: str, name: str, there_are: Collection[str], advice: str) -> Problem:
    """404: no such thing; the nearest one, and where the others are listed."""
    near = get_close_matches(name, there_are, 1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; {advice}"
    return Problem(404, f"no such {kind}", f"there is no {kind} {name!r}{hint}", nearest=near)
