"""The headers of a push: content type and signature in the scheme of the profile (notifications.md 1.1)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from simulator.delivery.signature import Scheme, digest
from simulator.exchange.apps import App

Headers = tuple[tuple[str, str], ...]
DIGEST = re.compile(r'(?<=PasswordDigest=")[^"]+(?=")')
CONTENT_TYPE = ("content-type", "application/json;charset=UTF-8")
CREATED = "%Y-%m-%dT%H:%M:%SZ"
AUTHORIZATIONS = {
    scheme.value: (scheme, ("authorization", f'{scheme.value} realm="SDP",profile="UsernameToken",type="Appkey"'))
    for scheme in Scheme
}


class Signer:
    """Signs with fresh nonces and wall-clock time."""

    def __init__(self, wall_now: Callable[[], datetime], nonce: Callable[[], str]) -> None:
        self._wall_now = wall_now
        self._nonce = nonce
        self._text = ""
        self._from = self._until = wall_now()

    def headers(self, app: App, seconds_ago: float = 0) -> tuple[Headers, Headers]:
        """What is sent, and the same with the digest masked at equal length, for the journal.

        `seconds_ago` is how much older than now `Created` is, for those who want it wrong.
        """
        if app.profile.push_scheme == "none":
            return (CONTENT_TYPE,), (CONTENT_TYPE,)
        scheme, authorization = AUTHORIZATIONS[app.profile.push_scheme]
        nonce, created = self._nonce(), self._created() if not seconds_ago else self._created_at(seconds_ago)
        signature = digest(scheme, app.secret, nonce, created)
        before = f'UsernameToken Username="{app.app_key}",PasswordDigest="'
        after = f'",Nonce="{nonce}",Created="{created}"'
        name = "x-aksk" if scheme is Scheme.AKSK else "x-wsse"
        sent = (CONTENT_TYPE, authorization, (name, before + signature + after))
        return sent, (CONTENT_TYPE, authorization, (name, before + "*" * len(signature) + after))

    def _created(self) -> str:
        """`Created` of this second, written once a second."""
        now = self._wall_now()
        if not self._from <= now < self._until:
            self._from = now.replace(microsecond=0)
            self._until = self._from + timedelta(seconds=1)
            self._text = now.strftime(CREATED)
        return self._text

    def _created_at(self, seconds_ago: float) -> str:
        return (self._wall_now() - timedelta(seconds=seconds_ago)).strftime(CREATED)


def masked(headers: Headers) -> Headers:
    """The same headers with every digest masked at equal length."""
    return tuple((name, DIGEST.sub(lambda digest: "*" * len(digest[0]), value)) for name, value in headers)
