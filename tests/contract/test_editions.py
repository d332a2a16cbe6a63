"""Editions are data: each row is a setting that exists, explained, and what is not in a row is the default."""

import dataclasses
import re
from typing import Any

import pytest

from simulator.config import EDITIONS
from simulator.contract.bodies import query_members
from simulator.contract.editions import CURRENT, Edition, editions, profile_of
from simulator.contract.fields import fields, read
from simulator.contract.operations import operations
from simulator.contract.profile import Profile, ProfileError, settings
from simulator.contract.schemas import load


def test_the_options_choices_are_the_editions_of_the_data() -> None:
    assert tuple(editions()) == EDITIONS
    assert EDITIONS[-1] == CURRENT
    assert profile_of(CURRENT) == Profile.default()


@pytest.mark.parametrize("edition", editions().values(), ids=lambda edition: edition.edition)
def test_an_edition_changes_what_its_rows_say_and_nothing_else(edition: Edition) -> None:
    assert edition.zh
    assert edition.en.endswith(".")
    changed: dict[str, Any] = {}
    for row in edition.settings.values():
        assert row.provenance in {"documented", "observed", "inferred"}
        assert ".md" in row.page
        assert row.why.endswith(".")
        changed[row.setting] = tuple(row.value) if isinstance(row.value, list) else row.value
    assert dataclasses.asdict(profile_of(edition.edition)) == {**dataclasses.asdict(Profile.default()), **changed}
    assert set(changed) <= {setting.name for setting in settings() if setting.built}


def test_what_the_documents_say_of_each_edition() -> None:
    old, middle, new = (profile_of(edition) for edition in EDITIONS)
    assert [one.push_scheme for one in (old, middle, new)] == ["WSSE", "WSSE", "AKSK"]
    assert [one.axb_duplicate_code for one in (old, middle, new)] == ["1013102", "1012010", "1012010"]
    assert [one.axyb_duplicate_code for one in (old, middle, new)] == ["1013102", "1012010", "1012010"]
    assert [one.pairs_per_x for one in (old, middle, new)] == [1000, 1000, 5000]
    assert [one.ax_modify_orig_num for one in (old, middle, new)] == ["locator", "new_number", "new_number"]
    assert [one.query_user_data for one in (old, middle, new)] == [False, True, True]


@pytest.mark.parametrize("place", profile_of("2019").ignored_request_members)
def test_an_ignored_member_is_one_of_an_operation(place: str) -> None:
    mode, operation, member = place.split(".")
    (row,) = [row for row in operations() if (row.mode, row.operation) == (mode.upper(), operation)]
    schema = load(row.request)
    assert member in schema["properties"]
    assert member not in schema.get("required", ())


@pytest.mark.parametrize("place", ["callerNum", "axb.callerNum", "axb.find.callerNum", "axb.query."])
def test_a_place_that_is_none_is_refused_with_the_nearest(place: str) -> None:
    sentence = f"item 1 must be written mode.operation.member, not {place!r}; the nearest operation is "
    with pytest.raises(ProfileError, match=re.escape(sentence)):
        Profile.default().with_overrides({"ignored_request_members": [place]})


def test_a_member_that_is_not_known_yet_is_passed_over_in_its_operation_only() -> None:
    query = query_members("relationNum=%2B8613800006666&callerNum=%2B8613800000021")
    old = profile_of("2019")
    assert read(fields("api/axb/query.request"), query, old) == {"x_number": "+8613800006666"}
    assert "caller" in read(fields("api/axb/query.request"), query, Profile.default())
    body = {"callerNum": "1234", "calleeNum": "5678", "relationNum": "9012"}
    assert "caller" in read(fields("api/axb/bind.request"), body, old)
