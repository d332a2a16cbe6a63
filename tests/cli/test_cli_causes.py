"""`pnsim causes`: the list, one page, the search; what production sent in words."""

import io
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli.main import main, pnsim
from simulator.contract.codes import hangup_causes


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def invoke(*args: str, given: str = "") -> Result:
    return CliRunner().invoke(pnsim, ["causes", *args], input=given)


def listed(*args: str) -> list[dict[str, Any]]:
    result = invoke(*args, "--json")
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def test_every_hangup_cause_is_in_the_array_with_what_belongs_to_it() -> None:
    rows = listed()
    assert [row["code"] for row in rows] == list(hangup_causes())
    members = {
        "category", "modes", "modes_provenance", "stage", "events", "disconnect_point", "q850", "sip_status", "hears",
        "hears_provenance", "codes_provenance", "reproduce", "command", "provenance", "documented",
    }  # fmt: skip
    assert all(members <= set(row) for row in rows)
    assert [row["code"] for row in rows if not row["documented"]] == [8017]


def test_a_cause_is_found_by_its_code() -> None:
    assert invoke("８１０２", "--json").stdout == invoke("8102", "--json").stdout
    (busy,) = listed("8102")
    assert (busy["category"], busy["q850"], busy["sip_status"], busy["outcome"]) == ("callee", 17, 486, "busy")
    assert busy["command"] == "pnsim causes --reproduce 8102"
    assert busy["events"]["AXE"] == ["callin", "collectInfo", "callout", "disconnect", "fee"]
    assert busy["reproduce"]["AXB"] == {"how": "behaviour", "en": "the callee is busy", "zh": "被叫正忙"}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (["被叫", "关机"], [8104]),
        (["Powered", "OFF"], [8104]),
        (["no_answer"], [8101]),
        (["分机号无效"], [8022]),
        (["fixnum"], [8023]),
        (["no Y left"], [8031]),
        (["--mode", "AXYB", "binding"], [8016, 8030, 8031]),
    ],
)
def test_causes_are_found_by_words_of_both_languages(words: list[str], codes: list[int]) -> None:
    found = [row["code"] for row in listed(*words)]
    assert set(codes) <= set(found)
    assert len(found) <= len(codes) + 2


@pytest.mark.parametrize(
    ("code", "modes"),
    [("8013", ["AX"]), ("8014", ["AXB", "X"]), ("8019", ["AX", "AXE"]), ("8030", ["AXYB"]), ("8024", ["AX", "AXE"])],
)
def test_modes_are_those_where_the_cause_can_occur(code: str, modes: list[str]) -> None:
    assert listed(code)[0]["modes"] == modes


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["8105x"], "no hangup cause speaks of 8105x; `pnsim causes` lists all 68"),
        (["--mode", "X", "分机号无效"], "no hangup cause in mode X speaks of 分机号无效; `pnsim causes` lists all 68"),
        (["--mode", "AX", "8031"], "8031 does not occur in mode AX; `pnsim causes 8031` says where it does"),
        (["8106"], "no hangup cause 8106; the nearest is 810"),
        (["1012010"], "1012010 is no hangup cause; it is a result code of the API: "),
        (["8002"], "8002 is no hangup cause; it is a disconnect point of CDRs (ulFailReason): "),
        (["8" * 30], f"no hangup cause {'8' * 30}; the nearest is "),
    ],
)
def test_what_is_no_cause_is_answered_with_what_it_is(words: list[str], sentence: str) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_lists_are_tab_separated_where_no_person_looks() -> None:
    head, *lines = invoke().stdout.splitlines()
    assert head.split("\t")[:4] == ["code", "category", "modes", "stage"]
    assert len(lines) == 68
    assert {line.count("\t") for line in lines} == {head.count("\t")}


PAGE = """\
8022           Binding does not exist or has expired (AXE, B calls X)
               绑定关系不存在或已过期(AXE模式,B呼X场景)
category       binding 绑定关系
can occur in   AXE (documented)
               the cause's text
stage          after arrival 呼入后
told           callin → collectInfo → disconnect → fee
               inferred: notifications.md 2.3; the digits were keyed before the
               binding was looked for
point          8022 Binding does not exist or expired (AXE, B calls X)
               绑定关系不存在或已过期(AXE模式,B呼X场景)
               documented: read in the page
Q.850, SIP     Q.850 0 Not involved 不涉及 · SIP 0
               inferred: released before forwarding: no failed forward
caller hears   分机号无效,每次重新收号前播放一次
               分机号无效 (extension invalid), before every new try
               documented: recording_auth_codes.md 5, axe_axyb_x.md 1.0
play it        pnsim causes --reproduce 8022
               AXE, behaviour: the caller keys an extension that nobody has
               主叫输入没有绑定的分机号
"""


def test_one_cause_has_a_page_of_80_columns() -> None:
    assert invoke("8022").stdout == PAGE


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, *args: str) -> str:
    """What a command prints on a terminal of 80 columns, without colour."""
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", terminal)
    pnsim.main(args, standalone_mode=False)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def test_a_person_reads_the_same_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_a_terminal(monkeypatch, "causes", "8022") == PAGE


def test_a_person_reads_a_list_beneath_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_a_terminal(monkeypatch, "causes", "被叫", "关机") == (
        "8104  Callee powered off (off, flight mode, no network)\n"
        "    被叫已关机(被叫处于关机、飞行模式、无网络等状态)\n"
        "    caller hears: the carrier's announcement that the phone is off\n"
        "    callee · AX AXB AXE AXYB X · after forwarding · point 8104 · Q.850 20 · SIP\n"
        "    480\n\n"
    )


CDR = {
    "direction": 2, "appKey": "k", "bindNum": "+8617000000001", "sessionId": "s-1", "subscriptionId": "id-1",
    "callerNum": "+8613800000022", "calleeNum": "+8617000000001", "callInTime": "2026-01-01 12:00:00",
    "callEndTime": "2026-01-01 12:00:00", "fwdUnaswRsn": 0, "failTime": "2026-01-01 12:00:00", "ulFailReason": 8031,
    "sipStatusCode": 0, "recordFlag": 0, "serviceType": "007",
}  # fmt: skip
DISCONNECT = {
    "sessionId": "s-1", "timestamp": "2026-01-01 12:00:00", "caller": "+8613800000022", "called": "+8617000000001",
    "stateCode": 8031, "stateDesc": "…", "subscriptionId": "id-1",
}  # fmt: skip
COMMAND = (
    "pnsim causes --reproduce 8031 --mode AXYB --set caller=+8613800000022 --set x_number=+8617000000001 "
    "--set subscription_id=id-1"
)


@pytest.mark.parametrize(
    "value",
    [
        CDR,
        DISCONNECT,
        {"eventType": "fee", "feeLst": [CDR]},
        {"eventType": "disconnect", "statusInfo": DISCONNECT},
        [CDR],
        {"headers": {"x": 1}, "body": {"eventType": "disconnect", "statusInfo": DISCONNECT}},
    ],
)
def test_messages_and_records_of_production_are_told_and_can_be_played(value: object, capsys: Any) -> None:
    Path("told.json").write_text(json.dumps(value), encoding="utf-8")
    said = invoke("--from", "told.json").stdout
    assert "+8613800000022 dialled +8617000000001 (AXYB)" in said
    assert "8031           Allocating the Y number failed" in said
    assert said.endswith(f"\n\n{COMMAND}\n")
    assert main([*shlex.split(COMMAND)[1:], "--quiet"]) == 0
    capsys.readouterr()


def test_what_happened_is_said_in_both_languages() -> None:
    given = json.dumps(
        {
            **CDR, "serviceType": "004", "ulFailReason": 8010, "fwdDisplayNum": "+8617000000001", "direction": 1,
            "fwdDstNum": "+8613800000023", "fwdStartTime": "2026-01-01 12:00:01", "fwdAlertingTime": "2026-01-01 12:00:02",
            "fwdAnswerTime": "2026-01-01 12:00:05", "callEndTime": "2026-01-01 12:01:05", "recordFlag": 1,
        }
    )  # fmt: skip
    given = given.replace('"failTime": "2026-01-01 12:00:00", ', "")
    told = json.loads(invoke("--from", "-", "--json", given=given).stdout)[0]
    assert told["happened"] == [
        [
            "+8613800000022 dialled +8617000000001 (AXB) at 2026-01-01 12:00:00 UTC.",
            "北京时间2026-01-01 20:00:00,+8613800000022拨打+8617000000001 (AXB)。",
        ],
        [
            "It was forwarded to +8613800000023 at 12:00:01, rang at 12:00:02, answered at 12:00:05; they talked 60 s.",
            "20:00:01转接到+8613800000023,20:00:02振铃,20:00:05接通,通话60秒。",
        ],
        [
            "It was released at 2026-01-01 12:01:05 UTC: 8010 Hung up because the maximum call duration was exceeded.",
            "北京时间2026-01-01 20:01:05,释放:8010 超过通话最大时长挂机。",
        ],
    ]
    assert (told["contradictions"], told["differences"]) == ([], [])


def test_lines_of_json_are_read_and_a_disconnect_belongs_to_its_cdr() -> None:
    lines = [
        {"eventType": "disconnect", "statusInfo": {**DISCONNECT, "stateCode": 8030}},
        {"feeLst": [CDR]},
        {**CDR, "sessionId": "s-2"},
    ]
    told = json.loads(invoke("--from", "-", "--json", given="\n".join(map(json.dumps, lines))).stdout)
    assert [one["told"]["kind"] for one in told] == ["disconnect and fee", "fee"]
    assert told[0]["contradictions"][0][0] == "stateCode 8030 goes with ulFailReason 8030, not 8031"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"serviceType": "003"}, "the record is of mode AX, where 8031 does not occur; it does in AXYB"),
        ({"ulFailReason": 8030}, "8030 means that there is no binding, yet the record has a subscriptionId"),
        ({"callEndTime": "2026-01-01 11:00:00"}, "callEndTime is before callInTime"),
        ({"recordFlag": 1}, "it is recorded, but was never answered"),
        ({"ulFailReason": 0}, "0 ends calls that were answered, but there is no answer time"),
        ({"fwdAnswerTime": "2026-01-01 12:00:00"}, "failTime stands in a call that was answered"),
        ({"fwdAnswerTime": "2026-01-01 12:00:00", "callDuration": 7}, "callDuration is 7, the times say 0"),
        ({"fwdAnswerTime": "2026-01-01 12:00:00", "recordFlag": 1}, "it is recorded, but 0 s are too short for that"),
    ],
)
def test_contradictions_are_named(changes: dict[str, object], sentence: str) -> None:
    told = json.loads(invoke("--from", "-", "--json", given=json.dumps({**CDR, **changes})).stdout)[0]
    assert sentence in [english for english, _ in told["contradictions"]]
    assert all(chinese for _, chinese in told["contradictions"])


def test_where_the_network_answers_otherwise_is_a_difference() -> None:
    given = {**CDR, "ulFailReason": 8102, "fwdAlertingTime": "2026-01-01 12:00:00", "fwdUnaswRsn": 31, "direction": 1}
    told = json.loads(invoke("--from", "-", "--json", given=json.dumps(given)).stdout)[0]
    assert [english for english, _ in told["differences"]] == [
        "the callee was alerted, but 8102 releases calls before that",
        "Q.850 is 31, where pnsim sends 17 (inferred)",
        "SIP is 0, where pnsim sends 486 (inferred)",
        "direction is 1, where the story that pnsim plays has 0: it goes the other way",
    ]


def test_masked_numbers_are_left_to_be_filled_in() -> None:
    said = invoke("--from", "-", given=json.dumps({**CDR, "callerNum": "+86138****0022"})).stdout
    assert "to be filled in\n               with --set: caller\n" in said
    assert said.endswith("--mode AXYB --set x_number=+8617000000001 --set subscription_id=id-1\n")


def test_a_mode_that_the_record_does_not_say_is_given() -> None:
    given = json.dumps({**DISCONNECT, "stateCode": 8102})
    assert "--reproduce 8102 --set x_number=+8613800000022" in invoke("--from", "-", given=given).stdout
    assert "--reproduce 8102 --mode AXB --set" in invoke("--from", "-", "--mode", "AXB", given=given).stdout


def test_hostile_text_is_only_text() -> None:
    evil = "\x1b[31m$(rm -rf /)'; echo [bold]\u202e"
    given = {
        **CDR,
        "callerNum": evil,
        "subscriptionId": "$(id)';",
        "userData": evil,
        "fwdDstNum": evil,
        "serviceType": evil,
    }
    said = invoke("--from", "-", given=json.dumps(given)).stdout
    assert not {"\x1b", "\u202e"} & set(said)
    assert "\\x1b[31m$(rm -rf /)'; echo [bold]\\u202e" in said.replace("\n               ", " ")
    command = said.splitlines()[-1]
    assert shlex.split(command)[-1] == "subscription_id=$(id)';"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "standard input is empty, instead of a disconnect or a CDR as JSON"),
        ('{"a":', "standard input:1:6: no JSON: "),
        ('{"a": 1}\n{"a"', "standard input:2: no JSON: "),
        (
            '{"eventType": "callin", "statusInfo": {"caller": "+8613800000021"}}',
            "says of no call why it ended; it is a 'callin': a disconnect has stateCode in its statusInfo, a CDR has ",
        ),
        ("[" * 900 + "]" * 900, "standard input says of no call why it ended: a disconnect has"),
        (json.dumps([CDR] * 1001), "standard input tells of more than 1000 calls; give fewer of them"),
        (" " * (4 * 1024 * 1024) + "{}", "standard input has more than 4 MiB; give only the records in question"),
    ],
)
def test_what_tells_of_no_call_is_refused(
    text: str, sentence: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["causes", "--from", "-"]) == 3
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == ""


def test_a_file_that_is_not_there_is_refused(capsys: Any) -> None:
    assert main(["causes", "--from", "nowhere.json"]) == 3
    assert "nowhere.json cannot be read: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    "record", [{"stateCode": 9999}, {"stateCode": "many"}, {"stateCode": None}, {"stateCode": True}]
)
def test_a_code_that_is_no_cause_is_told_without_a_command(record: dict[str, object]) -> None:
    result = invoke("--from", "-", given=json.dumps(record))
    assert result.exit_code == 0
    assert "no story ends with this code: see `pnsim causes`" in result.stdout
    assert "None" not in result.stdout


def test_a_disconnect_point_that_is_no_cause_can_be_sent_alone() -> None:
    said = " ".join(invoke("--from", "-", given='{"ulFailReason": 8002, "serviceType": "003"}').stdout.split())
    assert "a CDR with it: pnsim trigger fee --mode AX --set cause=8002" in said
    assert "carrier_interception" not in said
    intercepted = [{"sessionId": "s", "stateCode": 7504}, {"sessionId": "s", "ulFailReason": 8059}]
    assert json.loads(invoke("--from", "-", "--json", given=json.dumps(intercepted)).stdout)[0]["contradictions"] == []
    said = invoke("--from", "-", given='{"ulFailReason": 8059}').stdout
    assert "carrier_interception = true under [profile]" in " ".join(said.split())


def test_a_call_that_the_customer_ends_may_end_at_any_stage() -> None:
    record = {**CDR, "ulFailReason": 8017, "fwdUnaswRsn": 0, "sipStatusCode": 0}
    told = json.loads(invoke("--from", "-", "--json", given=json.dumps(record)).stdout)[0]
    assert (told["contradictions"], told["differences"]) == ([], [])


@pytest.mark.parametrize("text", ['\ufeff{"stateCode": 8102}', '{"stateCode": 8102.0}', '{"stateCode": "8102"}'])
def test_what_other_programs_make_of_a_record_is_read(text: str) -> None:
    assert invoke("--from", "-", given=text).stdout.startswith("8102 ")
