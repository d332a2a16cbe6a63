"""Sessions of the page: a cookie in the place of the token, so that a script of the page never holds it (semantics 24)."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie

COOKIE = "pnsim_session"
SESSIONS_KEPT = 200
"""Pages that are signed in at once; of more, the oldest is signed out."""


class Sessions:
    """Who exchanged the token for a cookie; `make` gives the cookie's secret value."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._known: OrderedDict[str, None] = OrderedDict()

    def begin(self) -> str:
        """A new session: the value of its Set-Cookie header."""
        secret = self._make()
        self._known[secret] = None
        if len(self._known) > SESSIONS_KEPT:
            self._known.popitem(last=False)
        return f"{COOKIE}={secret}; Path=/control/v1; HttpOnly; SameSite=Strict"

    def end(self, headers: Mapping[str, str]) -> str:
        """The session of these headers is over: the value of the Set-Cookie header that forgets it."""
        self._known.pop(_given(headers) or "", None)
        return f"{COOKIE}=; Path=/control/v1; Max-Age=0; HttpOnly; SameSite=Strict"

    def has(self, headers: Mapping[str, str]) -> bool:
        """Whether these headers carry the cookie of a session."""
        return _given(headers) in self._known


def _given(headers: Mapping[str, str]) -> str | None:
    try:
        cookie = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return None if cookie is None else cookie.value
