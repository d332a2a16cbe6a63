"""Authentication: every row of recording_auth_codes.md 2.4, and the order of the checks."""

from datetime import timedelta

import pytest

from simulator.exchange.apps import AppState
from tests.api.served import (
    AXB,
    CREATED,
    KEY,
    NONCE,
    SECRET,
    WALL,
    Platform,
    aksk,
    authorization,
    platform_with,
    signed,
    signed_wsse,
    token,
    wsse,
)

GOOD = signed()
GOOD_WSSE = signed_wsse()
QUERY = f"{AXB}?relationNum=%2B8613800006666"


def without(value: str, name: str) -> str:
    """A header value that lacks one attribute."""
    word, _, rest = value.partition(" ")
    return f"{word} {','.join(part for part in rest.split(',') if not part.startswith(f'{name}='))}"


def aksk_header(value: str) -> dict[str, str]:
    return {**GOOD, "X-AKSK": value}


def wsse_header(value: str) -> dict[str, str]:
    return {**GOOD_WSSE, "X-WSSE": value}


ROWS = [
    (400, "1023006", "Authorization not contained in the HTTP header.", {"X-AKSK": GOOD["X-AKSK"]}),
    (400, "1023007", "realm not contained in Authorization.", {**GOOD, "Authorization": without(authorization(), "realm")}),
    (400, "1023008", "profile not contained in Authorization.", {**GOOD, "Authorization": without(authorization(), "profile")}),
    (400, "1023009", "The value of realm in Authorization must be SDP.",
     {**GOOD, "Authorization": authorization().replace("SDP", "sdp")}),
    (400, "1023010", "The value of profile in Authorization must be UsernameToken.",
     {**GOOD, "Authorization": authorization().replace('profile="UsernameToken"', 'profile="Token"')}),
    (400, "1023011", "The value of type in Authorization must be app_key.",
     {**GOOD, "Authorization": authorization().replace("Appkey", "app_key")}),
    (400, "1023012", "type not contained in Authorization.", {**GOOD, "Authorization": without(authorization(), "type")}),
    (400, "1023013", "WSSE not contained in Authorization.", {**GOOD, "Authorization": authorization("Basic")}),
    (400, "1023026", "X-WSSE not contained in the HTTP header.", {"Authorization": authorization("WSSE")}),
    (400, "1023027", "Username not contained in X-WSSE.", wsse_header(without(GOOD_WSSE["X-WSSE"], "Username"))),
    (400, "1023028", "Nonce not contained in X-WSSE.", wsse_header(without(GOOD_WSSE["X-WSSE"], "Nonce"))),
    (400, "1023029", "Created not contained in X-WSSE.", wsse_header(without(GOOD_WSSE["X-WSSE"], "Created"))),
    (400, "1023030", "PasswordDigest not contained in X-WSSE.", wsse_header(without(GOOD_WSSE["X-WSSE"], "PasswordDigest"))),
    (400, "1023031", "The format of Created is incorrect.", signed_wsse(created="2026-03-01 12:00:00")),
    (400, "1023031", "The format of Created is incorrect.", signed_wsse(created="2026-02-30T12:00:00Z")),
    (400, "1023032", "UsernameToken not contained in X-WSSE.",
     wsse_header(GOOD_WSSE["X-WSSE"].removeprefix("UsernameToken "))),
    (400, "1023033", "HTTP header not found X-AKSK field.", {"Authorization": authorization()}),
    (400, "1023034", "UserName not contained in X-AKSK.", aksk_header(without(GOOD["X-AKSK"], "Username"))),
    (400, "1023035", "Nonce not contained in X-AKSK.", aksk_header(without(GOOD["X-AKSK"], "Nonce"))),
    (400, "1023036", "Created not contained in X-AKSK.", aksk_header(without(GOOD["X-AKSK"], "Created"))),
    (400, "1023037", "PasswordDigest not contained in X-AKSK.", aksk_header(without(GOOD["X-AKSK"], "PasswordDigest"))),
    (400, "1023038", "UsernameToken not contained in X-AKSK.", aksk_header(GOOD["X-AKSK"].replace("UsernameToken", "Token"))),
    (401, "1010010", "Invalid digest.", signed(secret="another")),
    (401, "1010013", "Time out limit.", signed(created="2026-02-28T11:59:59Z")),
    (401, "1010013", "Time out limit.", signed(created="2026-03-02T12:00:01Z")),
    (401, "1010013", "Time out limit.", signed(created="yesterday")),
    (403, "1010003", "Invalid app_key.", signed(key="nobody")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "code", "sentence", "headers"), ROWS, ids=[f"{row[0]}-{row[1]}-{i}" for i, row in enumerate(ROWS)]
)
async def test_every_row_has_its_status_code_and_sentence(
    platform: Platform, status: int, code: str, sentence: str, headers: dict[str, str]
) -> None:
    got = await platform.ask("GET", QUERY, headers)
    assert (got.status, got.code, got.sentence) == (status, code, sentence)
    row = platform.last()
    assert (row["status"], row["result_code"]) == (status, code)
    assert row["refusal"]


@pytest.mark.parametrize("headers", [GOOD, GOOD_WSSE], ids=["AKSK", "WSSE"])
async def test_a_right_signature_of_either_scheme_is_admitted(platform: Platform, headers: dict[str, str]) -> None:
    assert (await platform.ask("GET", QUERY, headers)).code == "0"
    shown = platform.last()["authentication"]
    assert isinstance(shown, dict)
    assert (shown["verdict"], shown["username"], shown["nonce"]) == ("accepted", KEY, NONCE)


async def test_the_documents_vectors_are_accepted(platform: Platform) -> None:
    platform.wall[0] = platform.wall[0].replace(year=2018, month=2, day=12)
    nonce, created = "66C92B11FF8A425FB8D4CCFE0ED9ED1F", "2018-02-12T15:30:20Z"
    first = token("a1key", "zF1iBETEfRkYCOWbUTf6HmG9kdBwqIZDKuP+C2QhFmA=", nonce, created)
    second = token("a1key", "qCmRwZJ+sLreruMAe0Y/cBn8Gu3pPt/g295jaoOmQkY=", nonce, created)
    assert (await platform.ask("GET", QUERY, {"Authorization": authorization(), "X-AKSK": first})).code == "0"
    assert (await platform.ask("GET", QUERY, {"Authorization": authorization("WSSE"), "X-WSSE": second})).code == "0"


async def test_the_first_fault_of_the_table_is_told(platform: Platform) -> None:
    """Faults are mended one by one: each answer is the next row of the table."""
    platform.change(state=AppState.FROZEN, allowed_ips=frozenset({"10.9.9.9"}))
    spoiled = {
        "1023006": {},
        "1023007": {"Authorization": "Basic abc"},
        "1023008": {"Authorization": 'Basic realm="x"'},
        "1023009": {"Authorization": 'Basic realm="x",profile="y"'},
        "1023010": {"Authorization": 'Basic realm="SDP",profile="y"'},
        "1023012": {"Authorization": 'Basic realm="SDP",profile="UsernameToken"'},
        "1023011": {"Authorization": 'Basic realm="SDP",profile="UsernameToken",type="z"'},
        "1023013": {"Authorization": authorization("Basic")},
        "1023033": {"Authorization": authorization()},
        "1023034": aksk_header("Token x"),
        "1023035": aksk_header('Token Username="nobody"'),
        "1023036": aksk_header('Token Username="nobody",Nonce="n"'),
        "1023037": aksk_header('Token Username="nobody",Nonce="n",Created="never"'),
        "1023038": aksk_header('Token Username="nobody",Nonce="n",Created="never",PasswordDigest="x"'),
        "1010003": aksk_header('UsernameToken Username="nobody",Nonce="n",Created="never",PasswordDigest="x"'),
        "1010010": aksk_header(f'UsernameToken Username="{KEY}",Nonce="n",Created="never",PasswordDigest="x"'),
        "1010013": signed(created="never"),
        "1010006": signed(),
    }
    for code, headers in spoiled.items():
        assert (await platform.ask("PATCH", AXB, headers)).code == code
    assert (await platform.ask("POST", AXB)).code == "1010029"
    platform.change(state=AppState.UNAVAILABLE)
    assert (await platform.ask("POST", AXB)).code == "1010008"
    platform.change(state=AppState.NORMAL, mode="AX")
    assert (await platform.ask("POST", AXB)).code == "1010040"
    platform.change(mode="AXB")
    assert (await platform.ask("POST", AXB)).code == "1020166"
    platform.change(allowed_ips=frozenset({"127.0.0.1"}))
    assert (await platform.ask("POST", AXB)).code == "1010002"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/rest/provision/caas/privatenumber/v1.0", "POST"),
        ("/rest/caas/privatenumber/calleenumber/v1.0", "PUT"),
        ("/rest/caas/extendnumber/v1.0", "GET"),
        ("/rest/omp/xyrelationnumber/v1.0", "DELETE"),
    ],
)
async def test_the_paths_of_other_modes_are_not_this_applications(platform: Platform, path: str, method: str) -> None:
    got = await platform.ask(method, path, body={})
    assert (got.status, got.code) == (403, "1010040")
    assert (await platform.ask(method, path, {})).code == "1023006"


async def test_every_method_of_the_recording_path_but_get_is_wrong(platform: Platform) -> None:
    got = await platform.ask("POST", "/rest/provision/voice/record/v1.0", body={})
    assert (got.status, got.code, got.sentence) == (403, "1010006", "Invalid Rest API.")
    assert platform.last()["refusal"] == "POST is no method of this path; it has GET"


async def test_aksk_tolerates_eight_hours_and_wsse_years(platform: Platform) -> None:
    assert (await platform.ask("GET", QUERY, signed(created="2026-03-01T20:00:00Z"))).code == "0"
    assert (await platform.ask("GET", QUERY, signed_wsse(created="2001-03-01T20:00:00Z"))).code == "0"


async def test_the_window_is_wall_time_and_a_setting(platform: Platform) -> None:
    await platform.story.advance(10 * 86_400)
    assert (await platform.ask("GET", QUERY, GOOD)).code == "0"
    platform.wall[0] = WALL + timedelta(days=2)
    assert (await platform.ask("GET", QUERY, GOOD)).code == "1010013"
    assert platform.last()["refusal"] == f"Created {CREATED} lies 172800 s before now, 86400 s either way are allowed"
    platform.set_profile(created_window_seconds_aksk="none")
    assert (await platform.ask("GET", QUERY, GOOD)).code == "0"
    platform.set_profile(created_window_seconds_wsse=60)
    assert (await platform.ask("GET", QUERY, GOOD_WSSE)).code == "1010013"


async def test_a_nonce_may_be_used_again_unless_the_profile_refuses_it(platform: Platform) -> None:
    for _ in range(3):
        assert (await platform.ask("GET", QUERY, GOOD)).code == "0"
    platform.set_profile(nonce_reuse="refused")
    assert (await platform.ask("GET", QUERY, GOOD)).code == "0"
    got = await platform.ask("GET", QUERY, GOOD)
    assert (got.status, got.code) == (401, "1010010")
    assert platform.last()["refusal"] == f"the nonce '{NONCE}' was used before"


async def test_the_shape_of_a_nonce_matters_only_where_the_profile_says_so(platform: Platform) -> None:
    headers = signed(nonce="not-alphanumeric")
    assert (await platform.ask("GET", QUERY, headers)).code == "0"
    platform.set_profile(nonce_format="checked")
    assert (await platform.ask("GET", QUERY, headers)).status == 401
    assert (await platform.ask("GET", QUERY, signed(nonce="a" * 128))).code == "0"
    assert (await platform.ask("GET", QUERY, signed(nonce="a" * 129))).status == 401


async def test_a_profile_may_refuse_wsse_and_choose_the_code() -> None:
    async with platform_with(accepted_schemes=["AKSK"], unknown_scheme_code="1023006") as strict:
        got = await strict.ask("GET", QUERY, GOOD_WSSE)
        assert (got.status, got.code) == (400, "1023006")
        assert strict.last()["refusal"] == "Authorization begins with 'WSSE'; accepted: AKSK"


async def test_the_sentence_of_1023031_and_the_code_of_a_wrong_method_are_settings() -> None:
    async with platform_with(created_format_text="Created?", wrong_method_code="1010002") as other:
        assert (await other.ask("GET", QUERY, signed_wsse(created="now"))).sentence == "Created?"
        assert (await other.ask("PATCH", AXB)).code == "1010002"


@pytest.mark.parametrize("place", ["Username", "Nonce", "Created", "PasswordDigest"])
async def test_a_misspelled_attribute_is_named_in_the_journal(platform: Platform, place: str) -> None:
    await platform.ask("GET", QUERY, aksk_header(GOOD["X-AKSK"].replace(place, place.lower())))
    assert platform.last()["refusal"] == f"X-AKSK has no {place}; '{place.lower()}' is not '{place}'"


@pytest.mark.parametrize("place", ["Username", "Nonce", "Created", "PasswordDigest"])
async def test_an_empty_attribute_is_named_as_empty_in_the_journal(platform: Platform, place: str) -> None:
    value = ",".join(
        f'{name}="{"" if name == place else "x"}"' for name in ("Username", "PasswordDigest", "Nonce", "Created")
    )
    await platform.ask("GET", QUERY, aksk_header(f"UsernameToken {value}"))
    assert platform.last()["refusal"] == f"X-AKSK has no {place}; it is there, but empty"


async def test_the_wrong_header_of_the_two_is_named_in_the_journal(platform: Platform) -> None:
    await platform.ask("GET", QUERY, {"Authorization": authorization(), "X-WSSE": GOOD_WSSE["X-WSSE"]})
    assert "X-WSSE was sent, which belongs to the other scheme" in str(platform.last()["refusal"])


async def test_a_wrong_digest_is_journaled_with_what_should_have_been_signed(platform: Platform) -> None:
    await platform.ask("GET", QUERY, {**GOOD, "X-AKSK": token(KEY, wsse(SECRET, NONCE, CREATED))})
    shown = platform.last()["authentication"]
    assert shown == {
        "scheme": "AKSK",
        "verdict": "wrong digest",
        "username": KEY,
        "nonce": NONCE,
        "created": CREATED,
        "signed_string_expected": NONCE + CREATED,
        "diagnosis": "this is the digest of WSSE, the headers say AKSK",
    }
    await platform.ask("GET", QUERY, {**GOOD_WSSE, "X-WSSE": token(KEY, aksk(SECRET, NONCE, CREATED))})
    shown = platform.last()["authentication"]
    assert isinstance(shown, dict)
    assert shown["signed_string_expected"] == f"{NONCE}{CREATED}<app_secret>"


async def test_neither_digest_nor_secret_is_ever_journaled(platform: Platform) -> None:
    digest = aksk(SECRET, NONCE, CREATED)
    broken = {"0": f"Authorization: {authorization()}", "1": f"X-AKSK: {GOOD['X-AKSK']}"}
    for headers in (GOOD, GOOD_WSSE, signed(secret="other"), signed(key="nobody"), broken, aksk_header(digest)):
        await platform.ask("GET", QUERY, headers)
    await platform.send(f'GET {QUERY} HTTP/1.1\r\nX-AKSK\x01: PasswordDigest="{digest}"\r\n\r\n'.encode())
    kept = repr([row for row in platform.rows() if row["headers"] != [] and ["X-AKSK", digest] not in row["headers"]])
    assert SECRET not in repr(platform.rows())
    assert digest not in kept
    assert wsse(SECRET, NONCE, CREATED) not in kept
    assert digest not in str(platform.last()["refusal"])
    masked = [value for name, value in platform.rows()[0]["headers"] if name == "X-AKSK"]
    assert masked == [GOOD["X-AKSK"].replace(digest, "*" * 44)]


@pytest.mark.parametrize(
    "value", ["UsernameToken", "", "=", '"', 'UsernameToken "="="', 'UsernameToken Nonce="é"', "\xff" * 50]
)
async def test_garbage_in_the_headers_is_a_400(platform: Platform, value: str) -> None:
    assert (await platform.ask("GET", QUERY, aksk_header(value))).status == 400
    assert (await platform.ask("GET", QUERY, {"Authorization": value})).status == 400


async def test_what_is_no_ascii_in_a_complete_header_is_a_wrong_digest(platform: Platform) -> None:
    got = await platform.ask(
        "GET",
        QUERY,
        aksk_header(token(KEY, "é" * 44, "数字", "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"))),
    )
    assert (got.status, got.code) == (401, "1010010")
