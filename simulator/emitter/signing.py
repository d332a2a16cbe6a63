"""The headers of a push: content type and signature in the scheme of the profile (notifications.md 1.1)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from simulator.delivery.signature import Scheme, digest
from simulator.exchange.apps import App

Headers = tuple[tuple[str, str], ...]
CONTENT_TYPE = ("content-type", "application/json;charset=UTF-8")
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

    def headers(self, app: App) -> tuple[Headers, Headers]:
        """What is sent, and the same with the digest masked at equal length, for the journal."""
        if app.profile.push_scheme == "none":
            return (CONTENT_TYPE,), (CONTENT_TYPE,)
        scheme, authorization = AUTHORIZATIONS[app.profile.push_scheme]
        nonce, created = self._nonce(), self._created()
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
            self._text = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._text
