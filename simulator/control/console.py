"""The platform's console and back office: states of numbers, voice files, refusals that the next requests get."""

from collections.abc import Iterable, Mapping, Sequence

from simulator.config import ConfigError, Origin, voice_file_option
from simulator.contract.codes import UnknownCodeError, result_code
from simulator.contract.number_states import WrongCause, number_states
from simulator.control import shapes
from simulator.control.apps import known_app
from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps
from simulator.control.problems import Problem, unknown
from simulator.exchange.apps import App, ProvokedRefusal
from simulator.telephony.numbering import NumberState, XNumber
from simulator.telephony.voice_files import VoiceFile, VoiceFileState

NUMBER_STATES = tuple(state.value for state in NumberState)


class ConsoleRoutes:
    """Routes under /apps/{app_key} that play the operator."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange

    async def change_number(self, asked: Asked) -> Answer:
        """PATCH /apps/{app_key}/numbers/{number}: its state in the console, and why it is in it."""
        app = self._app(asked)
        (changed,) = self._change_numbers(app, [asked.path["number"]], asked)
        return Answer(shapes.number(changed, app))

    async def change_numbers(self, asked: Asked) -> Answer:
        """PATCH /apps/{app_key}/numbers: several, or all but the returned where none are named."""
        app = self._app(asked)
        changed = self._change_numbers(app, asked.body["numbers"], asked)
        return Answer({"numbers": [shapes.number(x_number, app) for x_number in changed]})

    async def change_arrears(self, asked: Asked) -> Answer:
        """POST /apps/{app_key}/arrears: the account owes or has paid; `numbers` changed by that."""
        app, arrears = self._app(asked), asked.body["arrears"]
        changed = self._exchange.console.change_arrears(app.app_key, arrears=arrears)
        return Answer({"arrears": arrears, "numbers": [shapes.number(x_number, app) for x_number in changed]})

    async def voice_files(self, asked: Asked) -> Answer:
        """GET /apps/{app_key}/voice-files."""
        return Answer({"voice_files": [shapes.voice_file(file) for file in self._app(asked).voice_files.values()]})

    async def add_voice_file(self, asked: Asked) -> Answer:
        """POST /apps/{app_key}/voice-files: an uploaded file, unless its state says otherwise."""
        app = self._app(asked)
        file = _voice_file({"state": VoiceFileState.UPLOADED.value, **asked.body})
        if file.name in app.voice_files:
            raise Problem(
                409, "taken", f"{app.app_key} has a voice file {file.name!r} already; PATCH changes its state"
            )
        self._keep(app, (*app.voice_files.values(), file))
        return Answer(shapes.voice_file(file), status=201)

    async def change_voice_file(self, asked: Asked) -> Answer:
        """PATCH /apps/{app_key}/voice-files/{name}: `state` and `bytes`."""
        app, old = self._app(asked), self._file(asked)
        if "name" in asked.body:
            raise Problem(422, "unchangeable member", "name is what the file is known by; upload another file instead")
        size = {} if old.size_bytes is None else {"bytes": old.size_bytes}
        file = _voice_file({"name": old.name, "state": old.state.value, **size, **asked.body})
        self._keep(app, (file if one.name == old.name else one for one in app.voice_files.values()))
        return Answer(shapes.voice_file(file))

    async def remove_voice_file(self, asked: Asked) -> Answer:
        """DELETE /apps/{app_key}/voice-files/{name}."""
        app, old = self._app(asked), self._file(asked)
        self._keep(app, (one for one in app.voice_files.values() if one.name != old.name))
        return Answer(None, status=204)

    async def refusals(self, asked: Asked) -> Answer:
        """GET /apps/{app_key}/refusals: those that wait, the next one first."""
        app = self._app(asked)
        return Answer({"refusals": [shapes.refusal(one, app.profile) for one in app.provoked]})

    async def provoke(self, asked: Asked) -> Answer:
        """POST /apps/{app_key}/refusals: the next `times` requests get this result code; null: until DELETE."""
        app = self._app(asked)
        code = str(asked.body["code"])
        refusal = ProvokedRefusal(code, _status(code, asked.body["http_status"]), asked.body["times"])
        self._exchange.console.provoke(app.app_key, refusal)
        return Answer(shapes.refusal(refusal, app.profile), status=201)

    async def stop_provoking(self, asked: Asked) -> Answer:
        """DELETE /apps/{app_key}/refusals."""
        self._exchange.console.stop_provoking(self._app(asked).app_key)
        return Answer(None, status=204)

    def _change_numbers(self, app: App, numbers: Sequence[str] | None, asked: Asked) -> Sequence[XNumber]:
        for number in numbers or ():
            if app.pool.held(number) is None:
                held = [x_number.number for x_number in app.pool]
                advice = f"{app.app_key} has {len(held)}; a + in a path may be written %2B"
                raise unknown("number", number, held, advice)
        state, cause = NumberState(asked.body["state"]), asked.body["cause"]
        try:
            return self._exchange.console.change_numbers(app.app_key, numbers, state, cause)
        except WrongCause as wrong:
            raise Problem(422, "wrong cause", f"the body: {wrong}", valid=number_states()[state].causes) from None

    def _app(self, asked: Asked) -> App:
        return known_app(self._exchange, asked.path["app_key"])

    def _file(self, asked: Asked) -> VoiceFile:
        app, name = self._app(asked), asked.path["name"]
        file = app.voice_files.get(name)
        if file is None:
            raise unknown("voice file", name, app.voice_files, f"{app.app_key} has {len(app.voice_files)}")
        return file

    def _keep(self, app: App, files: Iterable[VoiceFile]) -> None:
        self._exchange.change_app(app.app_key, voice_files=tuple(files))


def _voice_file(raw: Mapping[str, object]) -> VoiceFile:
    try:
        option = voice_file_option(raw, Origin("the body"))
    except ConfigError as refused:
        raise Problem(422, "wrong value", str(refused)) from None
    return VoiceFile(option.name, VoiceFileState(option.state), option.size_bytes)


def _status(code: str, http_status: int | None) -> int:
    """The HTTP status of a documented refusal; raises Problem."""
    try:
        row = result_code(code, http_status)
    except UnknownCodeError as wrong:
        raise Problem(422, "no such code", f"the body: {wrong}") from None
    if row.http_status is None or row.http_status < 400:
        why = "is success" if code == "0" else "is listed for the sister product only"
        raise Problem(422, "no such code", f"the body: code {code!r} {why}; order a refusal, such as '1010001'")
    return row.http_status
