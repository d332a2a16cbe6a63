"""The headers of a push: content type and signature in the scheme of the profile (notifications.md 1.1)."""

from collections.abc import Callable
from datetime import datetime

from simulator.delivery.signature import Scheme, digest
from simulator.exchange.apps import App

Headers = tuple[tuple[str, str], ...]
CONTENT_TYPE = ("content-type", "application/json;charset=UTF-8")


class Signer:
    """Signs with fresh nonces and wall-clock time."""

    def __init__(self, wall_now: Callable[[], datetime], nonce: Callable[[], str]) -> None:
        self._wall_now = wall_now
        self._nonce = nonce

    def headers(self, app: App) -> tuple[Headers, Headers]:
        """What is sent, and the same with the digest masked at equal length, for the journal."""
        if app.profile.push_scheme == "none":
            return (CONTENT_TYPE,), (CONTENT_TYPE,)
        scheme = Scheme(app.profile.push_scheme)
        nonce, created = self._nonce(), self._wall_now().strftime("%Y-%m-%dT%H:%M:%SZ")
        authorization = ("authorization", f'{scheme.value} realm="SDP",profile="UsernameToken",type="Appkey"')
        signature = digest(scheme, app.secret, nonce, created)
        name = f"x-{scheme.value.lower()}"

        def token(shown: str) -> tuple[str, str]:
            return (
                name,
                f'UsernameToken Username="{app.app_key}",PasswordDigest="{shown}",Nonce="{nonce}",Created="{created}"',
            )

        return (CONTENT_TYPE, authorization, token(signature)), (
            CONTENT_TYPE,
            authorization,
            token("*" * len(signature)),
        )
