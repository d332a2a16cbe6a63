"""Sessions of the page: a cookie in the place of the token, so that a script of the page never holds it (semantics 24).

A cookie is made of the token and is good as long as the token is: a page goes on after a restart that kept its token.
Nothing is remembered of a session but that it was ended.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie

COOKIE = "pnsim_session"
ENDED_KEPT = 1000
"""Sessions that ended by hand and are remembered; of more, the oldest is forgotten."""


class Sessions:
    """Who exchanged the token for a cookie; `make` gives what no two sessions share."""

    def __init__(self, token: str, make: Callable[[], str]) -> None:
        self._token = token.encode()
        self._make = make
        self._ended: OrderedDict[str, None] = OrderedDict()

    def begin(self) -> str:
        """A new session: the value of its Set-Cookie header."""
        name = self._make()
        return f"{COOKIE}={name}.{self._seal(name)}; Path=/control/v1; HttpOnly; SameSite=Strict"

    def end(self, headers: Mapping[str, str]) -> str:
        """The session of these headers is over: the value of the Set-Cookie header that forgets it."""
        if self.has(headers):
            self._ended[_given(headers)] = None
            if len(self._ended) > ENDED_KEPT:
                self._ended.popitem(last=False)
        return f"{COOKIE}=; Path=/control/v1; Max-Age=0; HttpOnly; SameSite=Strict"

    def has(self, headers: Mapping[str, str]) -> bool:
        """Whether these headers carry the cookie of a session, compared in constant time."""
        given = _given(headers)
        name, _, seal = given.rpartition(".")
        is_sealed = hmac.compare_digest(seal.encode("utf-8", "surrogateescape"), self._seal(name).encode())
        return is_sealed and bool(name) and given not in self._ended

    def _seal(self, name: str) -> str:
        return hmac.new(self._token, f"session {name}".encode("utf-8", "surrogateescape"), sha256).hexdigest()


def _given(headers: Mapping[str, str]) -> str:
    try:
        cookie = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return "" if cookie is None else cookie.value
