"""What the journal keeps of a request that a secret stands in, where no secret belongs."""

import pytest

from simulator.contract.secret_members import UNREADABLE, without_parameters, without_secrets


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"app_key": "a"}', b'{"app_key": "a"}'),
        (b'{"app_secret": "x", "n": [{"AppSecret": 1}]}', b'{"app_secret":"***","n":[{"AppSecret":"***"}]}'),
        (b'{"token": "x"}', b'{"token":"***"}'),
        (b'{"passwort": "x"}', b'{"passwort":"***"}'),
        (b'{"app_s\\u0065cret": "x"}', b'{"app_secret":"***"}'),
        (b'{"userData": "a secret", "n":  1}', b'{"userData": "a secret", "n":  1}'),
        (b'{"userData": "\\u4e2d\\u6587"}', b'{"userData": "\\u4e2d\\u6587"}'),
        (b'{"userData": "\\u4e2d', b'{"userData": "\\u4e2d'),
        (b"{'app_s\\u0065cret': 'x'", UNREADABLE),
        (b"app_secret=x", UNREADABLE),
        (b"\xff\xfe", b"\xff\xfe"),
    ],
)
def test_secrets_are_masked_and_everything_else_stays_byte_for_byte(body: bytes, kept: bytes) -> None:
    assert without_secrets(body) == kept


def test_parameters_that_are_called_like_a_secret_are_masked() -> None:
    assert without_parameters("/x/secret") == "/x/secret"
    assert without_parameters("/x?a=1&secret") == "/x?a=1&secret"
    assert (
        without_parameters("/x?App_Secret=a=b&n=2&access_token=&q=token")
        == "/x?App_Secret=***&n=2&access_token=***&q=token"
    )


@pytest.mark.parametrize("depth", [300, 600, 1000, 5000])
def test_what_is_too_deep_to_be_masked_is_not_kept(depth: int) -> None:
    assert without_secrets(b"[" * depth + b'{"token": "hush-hush"}' + b"]" * depth) == UNREADABLE
