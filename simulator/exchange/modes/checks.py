"""What is checked in every mode before anything is changed; each check raises Refused."""

from collections.abc import Iterable

from simulator.contract.number_states import number_states
from simulator.exchange.apps import App
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.numbering import NumberKind, XNumber, kind_of

REAL_NUMBER = "1"


def check_voice_files(app: App, files: Iterable[str | None]) -> None:
    """Raises Refused(VOICE_FILE_MISSING) for the first file that was not uploaded and approved (ax_axb.md 1)."""
    for file in files:
        if file is not None and not app.has_voice_file(file):
            known = app.voice_files.get(file)
            why = f"; it is {known.state.value}, not approved" if known else ""
            raise Refused(
                Reason.VOICE_FILE_MISSING, f"the application has no approved voice file {file!r}{why}", detail=file
            )


def check_recording(app: App, *, record: bool) -> None:
    """Raises Refused(RECORDING_NOT_ENABLED) where the profile refuses recordFlag without the app's recording."""
    if record and not app.spec.recording and app.profile.record_without_app_recording == "refused":
        raise Refused(Reason.RECORDING_NOT_ENABLED, "the application was made without recording")


def check_sms(app: App, *, sms: bool | None) -> None:
    """Raises Refused(SMS_NOT_ENABLED) where privateSms true, said explicitly, needs the application's SMS."""
    if sms and not app.spec.sms and app.profile.sms_without_app_sms == "refused":
        raise Refused(Reason.SMS_NOT_ENABLED, "the application was made without SMS; leave privateSms out or false")


def check_display(app: App, display: object) -> None:
    """Raises Refused(REAL_NUMBER_DISPLAY) where the callee is to see the real caller and the platform forbids it."""
    if display == REAL_NUMBER and app.profile.real_number_display == "refused":
        raise Refused(Reason.REAL_NUMBER_DISPLAY, "the callee is to see the real caller, which carriers intercept")


def may_be_bound(x_number: XNumber) -> bool:
    """Whether an X number takes new bindings in its state (schemas/codes/number_states.json)."""
    return number_states()[x_number.state].may_be_bound


def check_state(x_number: XNumber | None) -> None:
    """Raises Refused(NUMBER_STATE_ABNORMAL) unless the X number takes new bindings in its state."""
    if x_number is not None and not may_be_bound(x_number):
        meaning = number_states()[x_number.state].en
        raise Refused(Reason.NUMBER_STATE_ABNORMAL, f"{x_number.number} is {x_number.state.value}: {meaning}")


def check_in_order(x_number: XNumber | None) -> None:
    """Raises Refused(NUMBER_STATE_ABNORMAL) when not even calls reach X; one that only takes no new bindings is well."""
    if x_number is not None and number_states()[x_number.state].call_cause is not None:
        meaning = number_states()[x_number.state].en
        raise Refused(Reason.NUMBER_STATE_ABNORMAL, f"{x_number.number} is {x_number.state.value}: {meaning}")


def check_numbers(app: App, numbers: Iterable[str]) -> None:
    """Raises Refused(INVALID_PARAMETER) for a number of wrong shape, only where the profile has shapes checked."""
    if not app.profile.number_format_checked:
        return
    for number in numbers:
        if kind_of(number) is NumberKind.MALFORMED:
            raise Refused(Reason.INVALID_PARAMETER, f"{number!r} is neither +86 mobile nor +86 landline", detail=number)


def not_ours(app: App, x_number: str) -> str:
    """Why an X number is unknown, with the mistake that was probably made."""
    mended = f"+{x_number.strip()}" if x_number.startswith((" ", "86")) else f"+86{x_number}"
    if app.pool.get(mended) is None:
        return f"{x_number!r} is none of the application's {len(app.pool)} X numbers"
    why = "a + in a URL query must be sent as %2B" if x_number.startswith(" ") else "X is written in global format"
    return f"{x_number!r} is none of the application's X numbers, {mended} is: {why}"
