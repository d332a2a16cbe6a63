"""The laws of the profile: defaults come from the file, an override is understood or refused with a sentence."""

import dataclasses
from typing import Any, get_type_hints

import pytest

from simulator.contract.profile import Profile, ProfileError, Setting, settings

FIELD_TYPES = {
    "integer": int, "number": float, "string": str, "boolean": bool, "nullable_integer": int | None,
    "list of string": tuple[str, ...], "list of integer": tuple[int, ...], "list of number": tuple[float, ...],
}  # fmt: skip
BUILT = [setting for setting in settings() if setting.built]


def refusal(overrides: dict[str, Any]) -> str:
    with pytest.raises(ProfileError) as refused:
        Profile.default().with_overrides(overrides)
    return str(refused.value)


def test_the_fields_are_exactly_the_built_settings_with_their_types() -> None:
    expected = {
        setting.name: FIELD_TYPES[f"list of {setting.items}" if setting.type == "list" else setting.type]
        for setting in BUILT
    }
    assert get_type_hints(Profile) == expected


def test_no_default_is_written_in_code() -> None:
    assert all(field.default is dataclasses.MISSING for field in dataclasses.fields(Profile))
    assert {setting.name: setting.value for setting in BUILT} == dataclasses.asdict(Profile.default())


def test_settings_are_listed_once_and_explained() -> None:
    names = [setting.name for setting in settings()]
    assert len(set(names)) == len(names)
    for setting in settings():
        assert setting.provenance in {"documented", "observed", "inferred"}
        assert ".md" in setting.page
        assert setting.zh
        assert setting.why
        assert setting.en.endswith(".")


@pytest.mark.parametrize("setting", BUILT, ids=lambda setting: setting.name)
def test_a_default_passes_its_own_check(setting: Setting) -> None:
    assert setting.checked(setting.value, "here") == setting.value


@pytest.mark.parametrize("setting", BUILT, ids=lambda setting: setting.name)
def test_every_built_setting_refuses_another_type(setting: Setting) -> None:
    with pytest.raises(ProfileError, match=f"^here: \\[profile\\] {setting.name} must be "):
        setting.checked({}, "here")


@pytest.mark.parametrize("setting", [s for s in settings() if not s.built], ids=lambda setting: setting.name)
def test_a_setting_that_is_not_built_cannot_be_changed(setting: Setting) -> None:
    sentence = refusal({setting.name: setting.value})
    assert sentence.endswith(f"{setting.name} cannot be changed in this version of pnsim; it stays {setting.value!r}")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("answer_timeout_seconds", 0.02, 0.02),
        ("retry_minutes", [1, 2.5], (1, 2.5)),
        ("retry_minutes", [], ()),
        ("created_window_seconds_aksk", "none", None),
        ("voice_check_type", 1, 1),
        ("voice_check_type", None, None),
        ("axb_same_parties_code", "1012010", "1012010"),
        ("invalid_request_missing", "no {name}!", "no {name}!"),
        ("invalid_request_missing", "", ""),
    ],
)
def test_an_override_is_kept(name: str, value: Any, kept: Any) -> None:
    changed = Profile.default().with_overrides({name: value})
    assert getattr(changed, name) == kept
    assert dataclasses.replace(changed, **{name: getattr(Profile.default(), name)}) == Profile.default()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("answer_timout_seconds", 1, "is no setting; did you mean answer_timeout_seconds? `pnsim profile` lists all"),
        ("answer_timeout_seconds", "5", "must be a number, not '5'"),
        ("answer_timeout_seconds", float("nan"), "must be a number, not nan"),
        ("answer_timeout_seconds", 0, "must be from 0.001 to 3600, not 0"),
        ("merge_limit", 51, "must be from 1 to 50, not 51"),
        ("merge_limit", True, "must be a whole number, not True"),
        ("blacklist_loopback", 1, "must be true or false, not 1"),
        ("created_window_seconds_wsse", "never", "must be a whole number or \"none\", not 'never'"),
        ("unknown_scheme_code", 1023013, "must be a text in quotes, not 1023013"),
        ("push_scheme", "AKKS", "must be one of 'AKSK', 'WSSE', 'none', not 'AKKS'; did you mean 'AKSK'?"),
        ("voice_check_type", 2, "must be one of 0, 1, not 2"),
        (
            "wrong_method_code",
            "1010006.",
            "must be a result code of HTTP status 403, not '1010006.'; the nearest is '1010006'",
        ),
        ("carrier_interception_cause", 8059, "must be a hangup cause that `pnsim causes` lists, not 8059"),
        ("success_statuses", 200, "must be a list, not 200"),
        ("success_statuses", [], "must not be empty"),
        ("success_statuses", [200, 99], "item 2 must be from 200 to 599, not 99"),
        ("accepted_schemes", ["WSEE"], "item 1 must be one of 'AKSK', 'WSSE', not 'WSEE'; did you mean 'WSSE'?"),
        ("retry_minutes", [9, 4], "must not fall while retry_measured_from is 'first_failure', as [9, 4] does"),
        ("sp_id", "", "must have 1 to 32 characters, not 0"),
        ("invalid_request_missing", "{nam}!", "may hold {name} and nothing else in braces, not '{nam}!'"),
        ("invalid_request_missing", "{name!r}", "may hold {name} and nothing else in braces, not '{name!r}'"),
        ("number_bound_text", "{0}", "may hold no braces, not '{0}'"),
        ("voice_file_missing", "{file", "may hold {file}; '{file' is no template: expected '}' before end of string"),
    ],
)
def test_a_refused_override_says_where_and_what_would_be_right(name: str, value: Any, sentence: str) -> None:
    assert refusal({name: value}) == f"pnsim.toml: [profile] {name} {sentence}"


def test_gaps_between_attempts_may_fall() -> None:
    changed = Profile.default().with_overrides({"retry_minutes": [9, 4], "retry_measured_from": "previous_attempt"})
    assert changed.retry_minutes == (9, 4)


def test_a_refused_override_names_the_file_it_stands_in() -> None:
    with pytest.raises(ProfileError, match=r"^story\.yaml:3: \[profile\] merge_limit "):
        Profile.default().with_overrides({"merge_limit": 0}, where="story.yaml:3")


def test_that_voice_check_type_is_absent_is_documented() -> None:
    setting = next(setting for setting in settings() if setting.name == "voice_check_type")
    assert (setting.value, setting.provenance, setting.page) == (None, "documented", "notifications.md 1.4")


def test_a_profile_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Profile.default().merge_limit = 1  # type: ignore[misc] - what the law forbids
