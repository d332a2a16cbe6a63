"""The platform profile in force: every built setting as a typed field, made from the defaults and a user's overrides.

The defaults are in `schemas/profile.json` and only there; a test proves that the fields are exactly its built settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from simulator.contract.settings import ProfileError, Setting, setting_named, settings

__all__ = ["Profile", "ProfileError", "Setting", "settings"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How the platform behaves where its documents leave it open. What a field means: `pnsim profile`."""

    created_window_seconds_aksk: int | None
    created_window_seconds_wsse: int | None
    nonce_reuse: str
    nonce_format: str
    accepted_schemes: tuple[str, ...]
    unknown_scheme_code: str
    blacklist_failures: int
    blacklist_window_seconds: int
    blacklist_seconds: int
    blacklist_loopback: bool
    blacklist_counts_missing_headers: bool
    api_connections: str
    api_body_limit_bytes: int
    invalid_json_code: str
    wrong_method_code: str
    invalid_request_missing: str
    invalid_request_invalid: str
    invalid_request_body: str
    voice_file_missing: str
    created_format_text: str
    number_state_text: str
    arrears_code: str
    frozen_call_cause: int
    number_format_checked: bool
    axb_same_parties_code: str
    record_without_app_recording: str
    sms_without_app_sms: str
    pairs_per_x: int
    ax_modify_orig_num: str
    axb_duplicate_code: str
    number_bound_text: str
    axb_1013102_text: str
    axb_unknown_x_code: str
    axb_unbind_empty_x: str
    axb_query_empty_x: str
    axb_incomplete_code: str
    axyb_app_key_code: str
    axyb_x_per_user: int
    axyb_user_full_code: str
    axyb_relations_per_y: int
    axyb_duplicate_code: str
    axyb_same_parties_code: str
    axyb_unknown_subscription_code: str
    axyb_incomplete_code: str
    axyb_duration_seconds: int
    axyb_y_without_area: str
    axyb_wrong_direction_cause: int
    axyb_no_y_cdr: str
    axyb_bind_num: str
    axyb_bind_id: str
    axyb_query_rows: int | None
    axyb_query_order: str
    axyb_bind_user_data: str
    axyb_yb_user_data: str
    subscribe_time_zone: str
    query_user_data: bool
    ignored_request_members: tuple[str, ...]
    page_number_type: str
    page_size_default: int
    unset_cdr_members: str
    state_desc: str
    axe_cdr_extension_member: str
    axe_extension_taken_code: str
    axe_duplicate_code: str
    axe_incomplete_code: str
    axe_miss_code: str
    axe_bind_expired_hours: int | None
    axe_callback_expired: str
    axe_modify_callback_conflict: str
    axe_extension_allocation: str
    axe_limit_out_of_range: str
    axe_list_name: str
    axe_list_end: str
    axe_count_list_name: str
    axe_count_member: str
    axe_digit_repeats: int
    axe_collect_seconds: float
    axe_silent_try_event: str
    axe_no_callback_record: str
    axe_callback_tone_seconds: float
    axe_callback_made: str
    axe_callback_cdr_extension: str
    axe_no_callback_cdr: str
    real_number_display: str
    user_data_in_events: tuple[str, ...]
    callin_user_data: bool
    user_data_in_cdr: bool
    voice_check_type: int | None
    record_domain: str
    recording_retention_seconds: int
    recording_minimum_seconds: int
    recording_start_delay_seconds: int
    recording_time_zone: str
    recording_link_seconds: int | None
    sp_id: str
    call_host: str
    session_id_shape: str
    forward_delay_seconds: int
    alerting_delay_seconds: int
    platform_ring_limit_seconds: int
    landline_caller: str
    malformed_callee_cause: str
    carrier_interception: bool
    carrier_interception_cause: int
    wrong_direction_cdr: str
    push_scheme: str
    answer_timeout_seconds: float
    success_statuses: tuple[int, ...]
    retry_minutes: tuple[float, ...]
    retry_measured_from: str
    number_status_retried: bool
    number_status_cause_with: tuple[str, ...]
    merge_window_seconds: float
    merge_limit: int
    ax_no_number_text: str
    ax_x_taken_text: str
    ax_unknown_x_text: str
    ax_switched_off_cause: int
    ax_unreached_cdr: str
    ax_temporary_callee_use: str
    ax_temporary_callee_seconds: int
    ax_binds_per_day: int | None
    ax_x_per_user: int
    call_duration_unanswered: str
    ax_no_callback_record: str
    ax_callback_tone_seconds: float
    ax_unbind_incomplete_code: str
    ax_duplicate_code: str
    ax_same_callee_code: str
    x_decision_late_cause: int
    x_decision_invalid_cause: int
    x_decision_voice_file_cause: int
    x_foreign_display: str
    x_record_without_app_recording: str
    x_cdr_direction: int
    x_close_cause: int
    x_callin_retried: bool
    terminate_cause: int
    terminate_ended_call_code: str
    terminate_parameter_error_status: int
    terminate_unavailable_app_code: str
    user_data_in_sms: bool
    sms_event: str
    sms_content_in_block: bool
    sms_retry_minutes: tuple[float, ...]
    sms_content_text: str
    sms_notify_time: str
    sms_from_suffix: str
    sms_private_off_result: int
    sms_unavailable_app_result: int
    sms_no_mobile_result: int
    sms_closed_binding: str
    sms_decision_user_data: tuple[str, ...]
    sms_foreign_calling: str
    sms_blacklist: tuple[str, ...]
    sms_keyword: str
    sms_forbidden_words: tuple[str, ...]

    @staticmethod
    def default() -> "Profile":
        """The profile without overrides."""
        return _default()

    def with_overrides(self, overrides: Mapping[str, object], where: str = "pnsim.toml") -> "Profile":
        """This profile with some settings changed; `where` opens every sentence.

        Raises ProfileError for an unknown name, a wrong type, a value out of range, no choice, or a setting that this
        version cannot change. Nullable settings take None or "none".
        """
        checked: dict[str, Any] = {
            name: setting_named(name, where).checked(value, where) for name, value in overrides.items()
        }
        changed = replace(self, **checked)
        _check_retries(changed, where)
        return changed


def _check_retries(profile: Profile, where: str) -> None:
    for name in ("retry_minutes", "sms_retry_minutes"):
        minutes: tuple[float, ...] = getattr(profile, name)
        falling = any(later < earlier for earlier, later in pairwise(minutes))
        if falling and profile.retry_measured_from == "first_failure":
            problem = f"must not fall while retry_measured_from is 'first_failure', as {list(minutes)} does"
            raise ProfileError(where, name, problem)


@cache
def _default() -> Profile:
    return Profile(**{setting.name: setting.value for setting in settings() if setting.built})
