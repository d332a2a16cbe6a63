"""Recordings: their address for those who sign, the file for those who have the address (recording_auth_codes.md 1)."""

from urllib.parse import quote

from simulator.api.desk import Desk
from simulator.api.incoming import Incoming
from simulator.contract.requests import recording as requests
from simulator.contract.responses.common import WireAnswer, moved
from simulator.exchange.apps import App
from simulator.telephony.recordings import Recording

DOWNLOADS = "/recordings/"
"""What the path of a download address begins with; no authentication there, the address is the secret."""

LOCAL = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - nothing is bound here
ANYWHERE = tuple(LOCAL)
"""Addresses that lead nowhere from another machine."""


def address(desk: Desk, app: App, request: Incoming) -> WireAnswer:
    """Where a recording can be downloaded; raises Refused."""
    recording = desk.exchange.find_recording(app, requests.find_recording(request.query, app.profile))
    desk.addresses.give(recording.token, desk.exchange.now())
    return moved(f"{reached(desk.base_url(), request)}{DOWNLOADS}{recording.token}/{quote(recording.name)}")


def beginning_in_cdr(base_url: str) -> str:
    """What an address in a CDR begins with: nobody has asked yet, so a server that listens everywhere names itself locally."""
    if not base_url:
        return ""
    scheme, _, authority = base_url.partition("://")
    host, _, port = authority.rpartition(":")
    return f"{scheme}://{LOCAL.get(host, host)}:{port}{DOWNLOADS}"


def reached(base_url: str, request: Incoming) -> str:
    """This server's own address; where it listens on every address, the one that the client asked."""
    scheme, _, authority = base_url.rstrip("/").partition("://")
    if authority.rpartition(":")[0] in ANYWHERE:
        authority = next((value for name, value in request.headers if name.lower() == "host" and value), authority)
    return f"{scheme}://{authority}"


def behind(desk: Desk, path: str) -> Recording | str:
    """The recording behind the path of a download address, or a sentence saying why there is none."""
    token, _, name = path.removeprefix(DOWNLOADS).partition("/")
    recording = desk.exchange.download(token)
    if recording is None or quote(recording.name) != name:
        return "there is no such recording: never made, deleted after its days, or the address was cut or changed"
    app = desk.exchange.app(recording.app_key)
    seconds = app.profile.recording_link_seconds if app is not None else None
    if recording.address is None and not desk.addresses.is_valid(token, desk.exchange.now(), seconds):
        return f"the address is older than the {seconds} s that it works (recording_link_seconds); ask for it again"
    return recording
