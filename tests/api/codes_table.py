"""Every result code with the test that provokes it over HTTP, or the reason why nothing does (api_errors.csv)."""

from typing import NamedTuple


class Provoked(NamedTuple):
    """A test that asserts status, code and exact sentence."""

    file: str
    function: str


class NotProvoked(NamedTuple):
    """Why no request gets this code."""

    reason: str


Row = Provoked | NotProvoked

SISTER = NotProvoked("listed for VoiceCall, the sister product, only: no PrivateNumber table has it")


def auth(function: str = "test_every_row_has_its_status_code_and_sentence") -> Provoked:
    """A test of tests/api/test_auth.py."""
    return Provoked("tests/api/test_auth.py", function)


def axb(function: str = "test_a_refused_bind_changes_nothing") -> Provoked:
    """A test of tests/api/test_axb.py."""
    return Provoked("tests/api/test_axb.py", function)


def ax(function: str = "test_a_refused_bind_changes_nothing") -> Provoked:
    """A test of tests/api/test_ax.py."""
    return Provoked("tests/api/test_ax.py", function)


def platform(function: str) -> Provoked:
    """A test of tests/api/test_platform_side.py."""
    return Provoked("tests/api/test_platform_side.py", function)


AXE = Provoked("tests/api/test_axe.py", "test_a_refused_bind_changes_nothing")


def terminate(function: str) -> Provoked:
    """A test of tests/api/test_terminate.py."""
    return Provoked("tests/api/test_terminate.py", function)


ON_ORDER = platform("test_an_internal_error_comes_as_often_as_it_was_ordered")

TABLE: dict[tuple[str, int | None], Row] = {
    ("0", 200): axb("test_the_answer_to_bind_is_the_documents_example"),
    **{(str(code), 400): auth() for code in (*range(1023006, 1023014), *range(1023026, 1023039))},
    ("1010010", 401): auth(),
    ("1010013", 401): auth(),
    ("1010002", 403): axb(),
    ("1010003", 403): auth(),
    ("1010004", 403): platform("test_an_unavailable_application_gets_1010008_and_on_the_axyb_page_1010004"),
    ("1010006", 403): auth("test_every_method_of_the_recording_path_but_get_is_wrong"),
    ("1010008", 403): platform("test_an_unavailable_application_gets_1010008_and_on_the_axyb_page_1010004"),
    ("1010010", 403): platform("test_flow_control_lets_so_many_requests_through_in_a_minute_of_the_story"),
    ("1010029", 403): platform("test_a_frozen_account_gets_1010029_and_its_calls_7108"),
    ("1010040", 403): platform("test_the_api_of_another_mode_is_1010040"),
    ("1011001", 403): ax(),
    ("1011002", 403): ax(),
    ("1011003", 403): ax("test_a_sixth_x_of_one_a_is_1011003"),
    ("1011004", 403): ax("test_a_refused_unbind_changes_nothing"),
    ("1011005", 403): ax("test_an_x_has_one_a"),
    ("1011006", 403): platform("test_traffic_control_counts_by_address"),
    ("1012001", 403): axb(),
    ("1012007", 403): axb("test_a_refused_unbind_modify_or_query_changes_nothing"),
    ("1012008", 403): axb(),
    ("1012009", 403): axb("test_a_full_x_and_an_x_out_of_order_are_refused"),
    ("1012010", 403): axb(),
    ("1012012", 403): axb("test_recording_without_the_applications_is_1012012"),
    ("1012102", 403): platform("test_the_state_of_a_number_has_the_effects_of_its_row"),
    ("1016001", 403): ax("test_a_refused_unbind_changes_nothing"),
    ("1016002", 403): ax("test_an_x_has_one_a"),
    ("1020150", 403): terminate("test_an_unavailable_application_may_get_1020150"),
    ("1020152", 403): terminate("test_an_unknown_call_is_1020152"),
    ("1020166", 403): platform("test_an_address_that_is_not_listed_gets_1020166"),
    ("1020167", 403): AXE,
    ("1013102", 403): AXE,
    ("1020176", 403): Provoked(
        "tests/api/test_blacklist.py",
        "test_twenty_wrong_digests_blacklist_an_address_for_half_an_hour_of_the_story",
    ),
    ("1020178", 403): ax(),
    ("1020179", 403): platform("test_sms_without_the_applications_is_1020179_where_it_is_asked_for"),
    ("1020182", 403): ax("test_an_x_bound_too_often_on_a_day_is_1020182_until_the_next"),
    ("1010001", 500): ON_ORDER,
    ("1020001", 500): terminate("test_a_parameter_error_may_be_a_500"),
    ("1020002", 500): ON_ORDER,
    ("1023001", 500): ON_ORDER,
    ("1023002", 500): ON_ORDER,
    **dict.fromkeys(
        (
            (code, None)
            for code in ("1010007", "1010009", "1010011", "1010021", "1010023", "1013001", "1020165")
        ),
        SISTER,
    ),
}  # fmt: skip
