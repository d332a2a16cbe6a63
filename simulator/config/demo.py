"""The applications that are there without a configuration: one for each mode that is played."""

from simulator.config.apps import MODES
from simulator.config.values import AppOptions, NumberPoolOption, VoiceFileOption

PLAYED_MODES = ("AX", "AXB", "AXE", "AXYB", "X")
"""The modes that this version plays; a test compares it with the exchange."""

WITH_SMS = frozenset({"AX", "AXB", "X"})
"""AXE and AXYB have no SMS (notifications.md 4)."""

VOICE_FILES = ("callerHintTone.wav", "calleeHintTone.wav", "lastMinVoice.wav", "recordHintTone.wav")
OWN_VOICE_FILES = {
    "AXE": ("callbackTone.wav",),
    "AXYB": ("preVoiceX.wav", "preVoiceY.wav"),
    "X": ("waitVoice.wav", "calleeHintVoice.wav", "closeHintTone.wav"),
}
"""What the operations of one mode can name beside the others (recording_auth_codes.md 5)."""


def demo_app(mode: str) -> AppOptions:
    """The demo application of a mode: `axb-demo` with the secret `axb-demo-secret`."""
    app_key = f"{mode.lower()}-demo"
    return AppOptions(
        app_key=app_key,
        app_secret=f"{app_key}-secret",
        mode=mode,
        sms=mode in WITH_SMS,
        voice_files=tuple(VoiceFileOption(name) for name in (*VOICE_FILES, *OWN_VOICE_FILES.get(mode, ()))),
        number_pool=NumberPoolOption(50, "0755"),
    )


DEMO_APPS = tuple(demo_app(mode) for mode in MODES if mode in PLAYED_MODES)
DEMO_APP = next(app for app in DEMO_APPS if app.mode == "AXB")
"""The one that is used where nobody says which."""
