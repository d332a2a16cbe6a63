"""The configuration: what wins, what is refused and in which words."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from simulator.config import DEMO_APP, OPTIONS, CertFiles, Config, ConfigError, FlagError, NumberOption, load
from simulator.config.apps import FEATURES
from simulator.config.demo import PLAYED_MODES
from simulator.config.origins import lines_of
from simulator.resources import read_bytes

APP = '[[apps]]\napp_key = "a"\napp_secret = "s"\n'
SERVER_KEYS = (
    "host, port, control_port, store, clock, tls, edition, "
    "seed, start_at, control_token, store_max_rows, store_max_bytes, log_format, log_level"
)
APP_KEYS = (
    "app_key, app_secret, mode, edition, state, arrears, requests_per_minute, traffic_per_minute, recording, sms, "
    "features, allowed_ips, extension_digits, subscription_ids, voice_files, numbers, number_pool, receivers, profile"
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(text: str) -> Config:
    Path("c.toml").write_text(text, encoding="utf-8")
    return load(Path("c.toml"), {}, {})


WRONG = [
    ("[serve]", "c.toml:1: this has no key 'serve'; did you mean 'server'? Valid: server, apps, profile, customer"),
    ("[server]\n\nprot = 1", f"c.toml:3: server has no key 'prot'; did you mean 'port'? Valid: {SERVER_KEYS}"),
    ('[server]\nport = "80"', "c.toml:2: server.port must be a whole number from 0 to 65535, not '80'"),
    ("[server]\nport = 70000", "c.toml:2: server.port must be a whole number from 0 to 65535, not 70000"),
    ("[server]\nport = true", "c.toml:2: server.port must be a whole number from 0 to 65535, not true"),
    (
        "[server]\nstore = 1",
        'c.toml:2: server.store must be "memory" or a file like "pnsim.db", not 1',
    ),
    ('[server]\nclock = "virtuel"', 'c.toml:2: server.clock must be "real" or "virtual", not \'virtuel\''),
    (
        '[server]\nedition = "2021"',
        'c.toml:2: server.edition must be "2019" or "2022" or "2026", not \'2021\'',
    ),
    (
        '[server]\ntls = "on"',
        'c.toml:2: server.tls must be "off", "self-signed" or { cert = "FILE", key = "FILE" }, not \'on\'',
    ),
    ('[server]\ntls = {cert = "no.pem", key = "no.pem"}', "c.toml:2: server.tls names no.pem, which is not there"),
    (
        "[server]\nstart_at = 2026-01-01",
        "c.toml:2: server.start_at must be an instant from 2000 to 2099 like 2026-01-01T00:00:00Z, not 2026-01-01",
    ),
    (
        '[server]\ncontrol_token = "short"',
        "c.toml:2: server.control_token must be 8 to 256 letters, digits and -._~+/= (the value is not shown)",
    ),
    (
        "[server]\nport = 9\ncontrol_port = 9",
        "port and control_port are both 9; the API and the control plane need a port each",
    ),
    ("server = 1", "c.toml:1: server must be a table, not 1"),
    ("[apps]\na = 1", "c.toml:1: apps must be written [[apps]], in double brackets, once for each application"),
    ('[[apps]]\napp_key = "a"', "c.toml:1: apps[0] lacks app_secret"),
    (APP + "record = true", f"c.toml:4: apps[0] has no key 'record'; did you mean 'recording'? Valid: {APP_KEYS}"),
    (APP + 'mode = "AY"', 'c.toml:4: apps[0].mode must be "AX" or "AXB" or "AXE" or "AXYB" or "X", not \'AY\''),
    (APP + 'recording = "true"', "c.toml:4: apps[0].recording must be true or false, without quotes, not 'true'"),
    (
        APP + "extension_digits = 4",
        "c.toml:4: apps[0].extension_digits is only for an application of mode AXE; take the key out",
    ),
    (
        APP + 'mode = "AXE"\nextension_digits = 5',
        "c.toml:5: apps[0].extension_digits must be a whole number from 1 to 4, not 5",
    ),
    (
        APP + "numbers = [\n{ number = +8613800000001, area_code = '0755' },\n]",
        'c.toml:4: apps[0].numbers[0].number must be in quotes: "+8613800000001"',
    ),
    (
        APP + "numbers = [{ number = '13800000001', area_code = '0755' }]",
        (
            "c.toml:4: apps[0].numbers[0].number must be a number in global format, "
            "like \"+8613800000001\", not '13800000001'"
        ),
    ),
    (
        APP + "numbers = [{ number = '+8613800000001', area_code = '755' }]",
        (
            "c.toml:4: apps[0].numbers[0].area_code must be an area code in quotes with its leading 0, "
            'like "0755" or "010", not \'755\''
        ),
    ),
    (APP + "numbers = [{ number = '+8613800000001' }]", "c.toml:4: apps[0].numbers[0] lacks area_code"),
    (
        APP + "numbers = [" + "{ number = '+8613800000001', area_code = '010' }," * 2 + "]",
        "c.toml:4: apps[0].numbers[1] is +8613800000001 again, as apps[0].numbers[0] is",
    ),
    (
        APP + 'number_pool = { count = 0, area_code = "0755" }',
        "c.toml:4: apps[0].number_pool.count must be a whole number from 1 to 100000, not 0",
    ),
    (
        APP + "[apps.receivers]\nstatuss = 'http://x'",
        (
            "c.toml:5: apps[0].receivers has no key 'statuss'; did you mean 'status'? "
            "Valid: status, callin, fee, sms, sms_block, number_status"
        ),
    ),
    (
        APP + "mode = 'AXE'\nfeatures = ['area_code', 'release_direction']",
        "c.toml:5: apps[0].features: release_direction is only for mode X, not AXE; take it out",
    ),
    (
        APP + "features = ['sms_text']",
        "c.toml:4: apps[0].features must be " + " or ".join(f'"{name}"' for name in FEATURES) + ", not 'sms_text'",
    ),
    (
        APP + "[apps.receivers]\nfee = 'http://u:pass@x/fee'",
        "c.toml:5: apps[0].receivers.fee must hold no user name or password: drop everything between '//' and '@'",
    ),
    (
        APP + "[apps.receivers]\nfee = 'http://x/fee#top'",
        "c.toml:5: apps[0].receivers.fee must hold no fragment ('#top'): it is never sent to a server",
    ),
    (
        APP + "[apps.receivers]\nfee = 'ftp://x'",
        "c.toml:5: apps[0].receivers.fee must be an address like \"http://127.0.0.1:9000/status\", not 'ftp://x'",
    ),
    (
        APP + "allowed_ips = ['x']",
        "c.toml:4: apps[0].allowed_ips must be an IP address in quotes, like \"127.0.0.1\", not 'x'",
    ),
    (APP + APP, "c.toml:4: apps[1] has 'a', which apps[0] has already"),
    (
        "[server]\nport = 0755",
        "c.toml:2: is not TOML at column 9: Expected newline or end of document after a statement",
    ),
    ("x = ", "c.toml: is not TOML: Invalid value (at end of document)"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_a_wrong_configuration_is_refused_with_its_place_and_what_is_right(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert str(refused.value) == sentence


def test_flags_beat_environment_beats_file_beats_defaults() -> None:
    Path("c.toml").write_text("[server]\nport = 1\nseed = 1\nhost = 'h1'\n", encoding="utf-8")
    environ = {"PNSIM_PORT": "2", "PNSIM_SEED": "2"}
    server = load(Path("c.toml"), environ, {"port": "3", "seed": None}).server
    assert (server.port, server.seed, server.host, server.control_port) == (3, 2, "h1", 8081)


def test_wrong_flags_and_variables_are_named_as_they_were_given() -> None:
    with pytest.raises(FlagError, match=r"^--control-port must be a whole number from 0 to 65535, not 'x'$"):
        load(None, {}, {"control_port": "x"})
    with pytest.raises(ConfigError, match=r'^PNSIM_CLOCK must be "real" or "virtual", not \'fast\'$'):
        load(None, {"PNSIM_CLOCK": "fast"}, {})


def test_without_a_file_there_is_the_demo_application() -> None:
    config = load(None, {}, {})
    assert DEMO_APP in config.apps
    assert [app.mode for app in config.apps] == list(PLAYED_MODES)
    assert (config.source, config.server.port, config.server.clock) == (None, 8080, "real")


def test_a_file_without_apps_has_none() -> None:
    assert read("").apps == ()


def test_the_file_of_the_working_directory_is_used_unless_another_is_named() -> None:
    Path("pnsim.toml").write_text("[server]\nseed = 11\n", encoding="utf-8")
    Path("other.toml").write_text("[server]\nseed = 12\n", encoding="utf-8")
    assert load(None, {}, {}).server.seed == 11
    assert load(None, {"PNSIM_CONFIG": "other.toml"}, {}).server.seed == 12
    assert load(Path("other.toml"), {"PNSIM_CONFIG": "pnsim.toml"}, {}).server.seed == 12


def test_a_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^none\.toml: cannot be read: No such file or directory$"):
        load(Path("none.toml"), {}, {})


def test_a_file_that_is_not_utf8_is_refused_with_its_line() -> None:
    Path("c.toml").write_bytes(b"[server]\n# \xff\n")
    with pytest.raises(ConfigError, match=r"^c\.toml:2: is not UTF-8 text; save the file as UTF-8$"):
        load(Path("c.toml"), {}, {})


def test_a_whole_application_is_read() -> None:
    config = read(
        APP + "recording = false\nvoice_files = ['a.wav']\nallowed_ips = ['127.0.0.1']\n"
        "numbers = [{ number = '+8613800000001', area_code = '0755' }]\n"
        "[apps.receivers]\nstatus = 'http://127.0.0.1:9000/status'\n"
        "[apps.profile]\npush_scheme = 'WSSE'\n[profile]\n\nretry_minutes = [1]\n"
    )
    (app,) = config.apps
    assert (app.app_key, app.app_secret, app.recording, app.sms) == ("a", "s", False, True)
    assert app.numbers == (NumberOption("+8613800000001", "0755"),)
    assert app.receivers == {"status": "http://127.0.0.1:9000/status"}
    assert (app.profile, app.profile_lines) == ({"push_scheme": "WSSE"}, {"push_scheme": 11})
    assert (config.profile, config.profile_lines) == ({"retry_minutes": [1]}, {"retry_minutes": 14})


def test_a_setting_of_an_inline_profile_stands_where_the_profile_does() -> None:
    config = read("profile = {merge_limit = 1}\n" + APP + "\nprofile = {push_scheme = 'WSSE', merge_limit = 2}\n")
    assert config.profile_lines == {"merge_limit": 1}
    (app,) = config.apps
    assert set(app.profile_lines.values()) == {2 + APP.count("\n") + 1}
    assert set(app.profile_lines) == {"push_scheme", "merge_limit"}


def test_secrets_are_not_in_a_representation() -> None:
    assert "axb-demo-secret" not in repr(DEMO_APP)
    assert "12345678abc" not in repr(load(None, {"PNSIM_CONTROL_TOKEN": "12345678abc"}, {}))


def test_certificates_are_sought_beside_the_file_and_where_the_flag_was_given(tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    folder.mkdir()
    for name in ("c.pem", "k.pem"):
        (folder / name).touch()
    (folder / "c.toml").write_text("[server]\ntls = {cert = 'c.pem', key = 'k.pem'}\n", encoding="utf-8")
    from_file = load(folder / "c.toml", {}, {}).server.tls
    from_flag = load(None, {}, {"tls": "conf/c.pem,conf/k.pem"}).server.tls
    assert from_file == CertFiles(folder / "c.pem", folder / "k.pem")
    assert from_flag == CertFiles(Path("conf/c.pem"), Path("conf/k.pem"))


@pytest.mark.parametrize("text", ["2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00Z"])
def test_an_instant_is_kept_in_utc(text: str) -> None:
    assert load(None, {}, {"start_at": text}).server.start_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert read(f"[server]\nstart_at = {text}").server.start_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_every_option_has_an_environment_name_a_flag_and_a_default_that_passes_its_check() -> None:
    for option in OPTIONS.values():
        assert option.env == f"PNSIM_{option.name.upper()}"
        assert option.flag == "--" + option.name.replace("_", "-")
        assert option.help.endswith(".")
        assert option.default is None or option.check(option.default) == option.default


def test_lines_are_found_past_strings_comments_and_brackets() -> None:
    head = 'a = 1 # [ { """\nb = """\nc = 1\n[[\n"""\nd = [\n  { e = "]" },\n]\n'
    tables = "[[f]]\n\"g.h\".i = '''\n[x]'''\n[f.j]\nk = 1\n[[f]]\nk = 2\n"
    text = head + tables
    assert lines_of(text) == {
        ("a",): 1,
        ("b",): 2,
        ("d",): 6,
        ("f", 0): 9,
        ("f", 0, "g.h", "i"): 10,
        ("f", 0, "j"): 12,
        ("f", 0, "j", "k"): 13,
        ("f", 1): 14,
        ("f", 1, "k"): 15,
    }


def test_the_switches_of_an_application_are_those_of_the_table() -> None:
    rows = orjson.loads(read_bytes("schemas/codes/features.json"))["rows"]
    assert {row["feature"]: tuple(row["modes"]) for row in rows} == FEATURES
