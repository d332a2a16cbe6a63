"""Refusals in the core's words; `contract.refusals` knows what the wire says for each."""

from enum import Enum


class Reason(Enum):
    """Why a command was refused; each is a row of schemas/codes/refusals.json."""

    X_NOT_OURS = "x_not_ours"
    NO_SUCH_BINDING = "no_such_binding"
    NO_NUMBER_AVAILABLE = "no_number_available"
    X_BOUND_TO_ANOTHER = "x_bound_to_another"
    ALREADY_BOUND_TOGETHER = "already_bound_together"
    TOO_MANY_X = "too_many_x"
    DAILY_LIMIT = "daily_limit"
    REAL_NUMBER_DISPLAY = "real_number_display"
    X_IS_FULL = "x_is_full"
    NUMBER_ALREADY_BOUND = "number_already_bound"
    RECORDING_NOT_ENABLED = "recording_not_enabled"
    SAME_PARTIES = "same_parties"
    IDENTIFICATION_INCOMPLETE = "identification_incomplete"
    NUMBER_STATE_ABNORMAL = "number_state_abnormal"
    NO_SUCH_RECORDING = "no_such_recording"
    INVALID_PARAMETER = "invalid_parameter"
    VOICE_FILE_MISSING = "voice_file_missing"
    SMS_NOT_ENABLED = "sms_not_enabled"
    EXTENSION_TAKEN = "extension_taken"
    WRONG_VALUE = "wrong_value"
    """A value that does not fit the application or the binding; `detail` is the core's word for the member."""
    NO_SUCH_CALL = "no_such_call"
    CALL_HAS_ENDED = "call_has_ended"
    USER_HAS_ENOUGH = "user_has_enough"
    APP_KEY_DIFFERS = "app_key_differs"


class Refused(Exception):
    """A command was refused and nothing was changed.

    `detail` is said on the wire where the wire has room for it; `explanation` is for the journal and who reads it.
    """

    def __init__(self, reason: Reason, explanation: str, *, detail: str = "") -> None:
        super().__init__(explanation)
        self.reason = reason
        self.explanation = explanation
        self.detail = detail


class NotPossible(Exception):
    """A call or change that the simulated network has no way to play; the sentence says what would be possible."""
