"""`make demo` in its essence: two processes, a signed bind, a recorded call, every notification, the download."""

import re


def test_the_demo_shows_a_call_from_bind_to_download(pnsim):
    ended = pnsim("demo")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for expected in ('"resultcode":"0"', "pushed fee         acknowledged", "301 Moved Permanently", "16 s of A-law"):
        assert expected in ended.stdout
    seen = ended.stdout.partition("What the customer's server saw")[2]
    assert [line.split()[1] for line in seen.splitlines() if re.search(r"  ok(?:  |$)", line)] == [
        "callin", "callout", "alerting", "answer", "disconnect", "fee",
    ]  # fmt: skip
