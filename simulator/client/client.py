"""The control plane's routes as methods; bodies and answers are the JSON of `simulator.client.shapes`."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Self, cast

from simulator.client.errors import ControlError, Unreachable
from simulator.client.paging import Pages
from simulator.client.shapes import (
    Advanced,
    App,
    Arrears,
    Call,
    Clock,
    Dialled,
    Fault,
    JournalPage,
    Message,
    Notification,
    Number,
    Ready,
    Refusal,
    Verified,
    VerifiedTogether,
    VoiceFile,
    Waited,
)
from simulator.client.wire import Direct, Wire, path

__all__ = ["ControlClient", "ControlError", "Unreachable"]


class ControlClient(Pages):
    """The control plane at `url` (e.g. `http://127.0.0.1:8081`), used as an async context manager.

    Every method raises ControlError when the simulator refuses and Unreachable when none answers. `direct`
    leads to the control plane of a simulator in this process past its wire.
    """

    def __init__(self, url: str, token: str, *, timeout_seconds: float = 30, direct: Direct | None = None) -> None:
        self._wire = Wire(url, token, timeout_seconds, direct)

    async def __aenter__(self) -> Self:
        await self._wire.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._wire.__aexit__()

    async def ready(self) -> Ready:
        """What runs, and where."""
        return cast("Ready", await self._wire.get("/ready"))

    async def apps(self) -> list[App]:
        """Every application."""
        return cast("list[App]", (await self._wire.get("/apps"))["apps"])

    async def app(self, app_key: str) -> App:
        """One application."""
        return cast("App", await self._wire.get(path("apps", app_key)))

    async def add_app(self, app: Mapping[str, object]) -> App:
        """A new application; members as in `[[apps]]` of pnsim.toml."""
        return cast("App", await self._wire.send("POST", "/apps", app))

    async def change_app(self, app_key: str, changes: Mapping[str, object]) -> App:
        """Replace the given members of an application, e.g. `receivers` or `state`."""
        return cast("App", await self._wire.send("PATCH", path("apps", app_key), changes))

    async def remove_app(self, app_key: str) -> None:
        """Take an application away with everything it has."""
        await self._wire.send("DELETE", path("apps", app_key))

    async def add_numbers(self, app_key: str, numbers: Sequence[Mapping[str, object]]) -> list[Number]:
        """Give an application more X numbers: `[{number, area_code}]`; answers the ones added."""
        answer = await self._wire.send("POST", path("apps", app_key, "numbers"), {"numbers": list(numbers)})
        return cast("list[Number]", answer["numbers"])

    async def change_number(self, app_key: str, number: str, state: str, cause: int | None = None) -> Number:
        """Put an X number into a state of the console, e.g. `suspended`, for a cause of X-number status."""
        at = path("apps", app_key, "numbers", number)
        return cast("Number", await self._wire.send("PATCH", at, {"state": state, "cause": cause}))

    async def change_numbers(
        self, app_key: str, numbers: Sequence[str] | None, state: str, cause: int | None = None
    ) -> list[Number]:
        """The same for several X numbers, None: all of the application; they are told in messages of up to 100."""
        body = {"numbers": None if numbers is None else list(numbers), "state": state, "cause": cause}
        answer = await self._wire.send("PATCH", path("apps", app_key, "numbers"), body)
        return cast("list[Number]", answer["numbers"])

    async def change_arrears(self, app_key: str, *, arrears: bool) -> Arrears:
        """The account owes, or has paid: its X numbers are suspended, or what they were before."""
        return cast("Arrears", await self._wire.send("POST", path("apps", app_key, "arrears"), {"arrears": arrears}))

    async def voice_files(self, app_key: str) -> list[VoiceFile]:
        """The voice files of an application with their states."""
        return cast("list[VoiceFile]", (await self._wire.get(path("apps", app_key, "voice-files")))["voice_files"])

    async def add_voice_file(self, app_key: str, file: Mapping[str, object]) -> VoiceFile:
        """Upload a voice file: `{name, state?, bytes?}`."""
        return cast("VoiceFile", await self._wire.send("POST", path("apps", app_key, "voice-files"), file))

    async def change_voice_file(self, app_key: str, name: str, changes: Mapping[str, object]) -> VoiceFile:
        """Approve or refuse a voice file: `{state}`."""
        return cast("VoiceFile", await self._wire.send("PATCH", path("apps", app_key, "voice-files", name), changes))

    async def remove_voice_file(self, app_key: str, name: str) -> None:
        """Take a voice file away."""
        await self._wire.send("DELETE", path("apps", app_key, "voice-files", name))

    async def refusals(self, app_key: str) -> list[Refusal]:
        """The refusals that wait for the application's next requests."""
        return cast("list[Refusal]", (await self._wire.get(path("apps", app_key, "refusals")))["refusals"])

    async def provoke(self, app_key: str, code: str, times: int | None = 1, http_status: int | None = None) -> Refusal:
        """Let the next `times` requests be answered with this result code; None: until `stop_provoking`.

        `http_status` is needed only for 1010010, which has two.
        """
        body = {"code": code, "times": times, "http_status": http_status}
        return cast("Refusal", await self._wire.send("POST", path("apps", app_key, "refusals"), body))

    async def stop_provoking(self, app_key: str) -> None:
        """Take back the refusals that wait."""
        await self._wire.send("DELETE", path("apps", app_key, "refusals"))

    async def dial(self, call: Mapping[str, object]) -> Dialled:
        """Play a call: `{app_key, caller, dialled}`, and `outcome`, `rings_seconds`… as in `POST /calls`."""
        return cast("Dialled", await self._wire.send("POST", "/calls", call))

    async def call(self, call_id: str) -> Call:
        """A call with everything that came of it so far."""
        return cast("Call", await self._wire.get(path("calls", call_id)))

    async def release(self, call_id: str, released_by: str = "callee") -> Call:
        """Hang a running call up now; `released_by` is caller or callee."""
        by = {"released_by": released_by}
        return cast("Call", await self._wire.send("POST", path("calls", call_id, "release"), by))

    async def send_sms(self, message: Mapping[str, object]) -> Message:
        """Play an SMS: `{app_key, sender, x_number, text}`, and `send_result` to force what becomes of it."""
        return cast("Message", await self._wire.send("POST", "/messages", message))

    async def message(self, message_id: str) -> Message:
        """An SMS with everything that came of it so far."""
        return cast("Message", await self._wire.get(path("messages", message_id)))

    async def snapshot(self) -> dict[str, object]:
        """The whole state, to be put back: without secrets and journal."""
        return cast("dict[str, object]", await self._wire.get("/snapshot"))

    async def put_snapshot(self, snapshot: Mapping[str, object]) -> None:
        """Everything as it was when the snapshot was taken; the journal goes on."""
        await self._wire.send("PUT", "/snapshot", snapshot)

    async def clock(self) -> Clock:
        """The story's time."""
        return cast("Clock", await self._wire.get("/clock"))

    async def advance(self, seconds: float, wall_seconds: float = 60) -> Advanced:
        """Let story time pass; everything due on the way happens, in order."""
        body = {"seconds": seconds, "wall_seconds": wall_seconds}
        return cast("Advanced", await self._wire.send("POST", "/clock/advance", body, longer_by=wall_seconds))

    async def scale(self, scale: float) -> Clock:
        """From now on so many story seconds pass per wall second."""
        return cast("Clock", await self._wire.send("POST", "/clock/scale", {"scale": scale}))

    async def freeze(self) -> Clock:
        """Let the clock stand."""
        return cast("Clock", await self._wire.send("POST", "/clock/freeze"))

    async def journal(self, /, *, after: int = 0, limit: int = 100, **where: str | None) -> JournalPage:
        """Rows after a position, oldest first; narrowed by `kind`, `app_key`, `call_id`, `message_id`."""
        return cast("JournalPage", await self._wire.get("/journal", {"after": after, "limit": limit, **where}))

    async def events(self, after: int | None = None) -> AsyncGenerator[Mapping[str, object], None]:
        """Follow the journal from a position, None: from now on: rows in brief, or only `position` where some are left out."""
        async for event in self._wire.events("/events", {} if after is None else {"after": str(after)}):
            yield event

    async def wait(
        self, match: Mapping[str, object], *, count: int = 1, timeout_seconds: float = 10, after: int = 0
    ) -> Waited:
        """Wait in wall time until `count` rows match, old ones after the position `after` included."""
        body = {"match": match, "count": count, "timeout_seconds": timeout_seconds, "after": after}
        return cast("Waited", await self._wire.send("POST", "/journal/wait", body, longer_by=timeout_seconds))

    async def verify(self, demand: Mapping[str, object]) -> Verified:
        """Judge the journal: `{match, exactly|at_least|at_most|never}` or `{in_order: [match…]}`.

        Only the rows behind the position `after`, of the instants from `since` to `until`, where they are given.
        """
        return cast("Verified", await self._wire.send("POST", "/journal/verify", demand))

    async def verify_all(self, demands: Sequence[Mapping[str, object]]) -> VerifiedTogether:
        """Judge several demands at once: every one has its verdict, whatever becomes of the others."""
        body = {"demands": list(demands)}
        return cast("VerifiedTogether", await self._wire.send("POST", "/journal/verify", body))

    async def notification(self, notification_id: str) -> Notification:
        """A notification with all its attempts."""
        return cast("Notification", await self._wire.get(path("notifications", notification_id)))

    async def redeliver(self, notification_id: str) -> Notification:
        """Send the message of a notification once more, now: acknowledged, waiting or given up; its schedule begins anew."""
        return cast("Notification", await self._wire.send("POST", path("notifications", notification_id, "redeliver")))

    async def faults(self, app_key: str | None = None) -> list[Fault]:
        """The faults in force, of one application or of all."""
        return cast("list[Fault]", (await self._wire.get("/faults", {"app_key": app_key}))["faults"])

    async def set_faults(self, app_key: str, faults: Sequence[Mapping[str, object]]) -> list[Fault]:
        """Exactly these faults of an application from now on: `[{fault, kinds?, count?, probability?, …}]`."""
        answer = await self._wire.send("PUT", "/faults", {"app_key": app_key, "faults": list(faults)})
        return cast("list[Fault]", answer["faults"])

    async def clear_faults(self, app_key: str | None = None) -> None:
        """Take away the faults of one application, or of all."""
        await self._wire.send("DELETE", "/faults", query={} if app_key is None else {"app_key": app_key})

    async def reset(self, app_key: str | None = None) -> None:
        """Forget bindings, calls, deliveries and journal of one application, or of all; the applications stay."""
        await self._wire.send("POST", "/reset", {} if app_key is None else {"app_key": app_key})

    async def catalogue(self) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """What there is to choose from, in both languages: outcomes, hangup causes, results of SMS, faults and so on."""
        return cast("Mapping[str, Sequence[Mapping[str, object]]]", await self._wire.get("/catalogue"))

    async def metrics(self) -> str:
        """How the simulator fares, in Prometheus's text format."""
        return await self._wire.text("/metrics")

    async def openapi(self) -> Mapping[str, object]:
        """The OpenAPI 3.1 document of the control plane."""
        return cast("Mapping[str, object]", await self._wire.get("/openapi.json"))
