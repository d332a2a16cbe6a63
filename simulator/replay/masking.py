"""Phone numbers replaced, each always by the same other one, so that what belongs together still does.

A replacement has the form of its number: plus sign, country, operator or city, length and blanks stay, so it is valid wherever
the number was. Ids, times and codes are never touched; nor is a byte beside the digits.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from simulator.contract.digests import SIGNATURES
from simulator.contract.personal import personal_members
from simulator.replay.permuting import Permutation
from simulator.replay.phone_numbers import FOUND, SHORTEST, apart, digits_of, plain
from simulator.replay.recorded import Headers, Recorded

REMEMBERED = 65_536
"""Numbers whose replacement need not be worked out again."""
KEPT_HEADERS = frozenset({*SIGNATURES, "authorization", "content-length", "date", "host"})
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^"{}\[\],:]+', re.DOTALL)
CLOSED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)
PERCENT = re.compile(r"%[2-9A-Fa-f][0-9A-Fa-f]|.", re.DOTALL)
"""An escape of a URL; those of control characters are no escapes, since a number could hide in them."""
FORM = re.compile(r"[\w.*%+-]+=[^\s]*")
SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class Masking:
    """Masks with one key; with the same key the same numbers become the same ones, in this file and in others.

    `hides_texts`: what people wrote in SMS is replaced by asterisks of equal length.
    """

    def __init__(self, key: bytes, *, hides_texts: bool = False) -> None:
        self._permutation = Permutation(key)
        self._hides_texts = hides_texts
        self._members = personal_members()
        self._digits = lru_cache(REMEMBERED)(self._masked_digits)

    def number(self, number: str) -> str:
        """What is a phone number as a whole, whatever its form; one with fewer than 7 digits is a service's and stays."""
        masked = self.text(number)
        if masked != number or len(digits_of(number)) < SHORTEST:
            return masked
        return self._replaced(number)

    def text(self, text: str) -> str:
        """Any text, with the phone numbers in it replaced."""
        pieces, done = [], 0
        for found in FOUND.finditer(plain(text)):
            if not found["id"]:
                pieces += [text[done : found.start()], self._replaced(text[found.start() : found.end()])]
                done = found.end()
        return "".join([*pieces, text[done:]]) if pieces else text

    def url(self, url: str) -> str:
        """A target or an address: its path and query, where a blank may be %20 or +; its host stays."""
        scheme, mark, rest = url.partition("://")
        if not mark or "?" in scheme:
            return self._through(self.text, url, PERCENT, _unpercent)
        host, slash, path = rest.partition("/")
        return f"{scheme}{mark}{host}{self._through(self.text, slash + path, PERCENT, _unpercent)}"

    def body(self, body: bytes) -> bytes:
        """A body: JSON by its members, a form as a URL's query, everything else as text."""
        text = body.decode("utf-8", "surrogateescape")
        if text.lstrip()[:1] in ("{", "["):
            masked = "".join(self._json(text))
        elif FORM.fullmatch(text):
            masked = self._through(self.text, text, PERCENT, _unpercent)
        else:
            masked = self.text(text)
        return masked.encode("utf-8", "surrogateescape")

    def recorded(self, recorded: Recorded) -> Recorded:
        """A whole exchange."""
        return replace(
            recorded,
            url=self.url(recorded.url),
            headers=self._headers(recorded.headers),
            body=self.body(recorded.body),
            answer_headers=self._headers(recorded.answer_headers),
            answer=self.body(recorded.answer),
        )

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, value if name.lower() in KEPT_HEADERS else self.text(value)) for name, value in headers)

    def _replaced(self, number: str) -> str:
        """The number with other digits, each in the script and at the place of the one it replaces."""
        digits = iter(self._digits(digits_of(number), plain(number).lstrip().startswith("+")))
        return "".join(_like(next(digits), char) if char.isdecimal() else char for char in number)

    def _masked_digits(self, digits: str, is_global: bool) -> str:  # noqa: FBT001 - the cache takes no names
        parts = apart(f"+{digits}" if is_global else digits)
        return parts.kept + self._permutation.moved(parts.masked, f"{parts.country}/{parts.head}")

    def _json(self, text: str) -> Iterator[str]:
        """The pieces of a JSON text, right or broken; `keys` has the member that each open object or list stands in."""
        keys: list[str] = [""]
        tokens = TOKEN.findall(text)
        for at, piece in enumerate(tokens):
            if piece[0] == '"':
                is_key = _next(tokens, at) == ":"
                if is_key:
                    keys[-1] = _unescaped(piece[1:].removesuffix('"'))
                yield self._string(self.text if is_key else self._of_member(keys[-1]), piece)
            elif piece in "{[":
                keys.append(keys[-1])
                yield piece
            elif piece in "}]":
                if len(keys) > 1:
                    keys.pop()
                yield piece
            else:
                yield piece if piece in ",:" else self._bare(keys[-1], piece)

    def _string(self, mask: Callable[[str], str], token: str) -> str:
        """A string of JSON in its quotes; one that was cut off has no second."""
        is_whole = len(token) > 1 and CLOSED.fullmatch(token) is not None
        inside = token[1:-1] if is_whole else token[1:]
        return f'"{self._through(mask, inside, ESCAPE, _unescape)}{chr(34) if is_whole else ""}'

    def _bare(self, key: str, token: str) -> str:
        """A number of JSON, or blanks: of a text there is nothing to hide."""
        return (
            token if key in self._members.kept else (self.number if key in self._members.numbers else self.text)(token)
        )

    def _of_member(self, key: str) -> Callable[[str], str]:
        if key in self._members.kept:
            return str
        if key in self._members.numbers:
            return self.number
        return self._hidden if self._hides_texts and key in self._members.texts else self.text

    def _hidden(self, text: str) -> str:
        return "*" * len(text)

    def _through(
        self, mask: Callable[[str], str], text: str, pieces: re.Pattern[str], decode: Callable[[str], str]
    ) -> str:
        """Mask what a text says rather than how it is escaped; whatever is not masked stays as it was written."""
        if not any(mark in text for mark in "\\%+"):
            return mask(text)
        written = pieces.findall(text)
        said = [decode(piece) for piece in written]
        masked = mask("".join(said))
        return "".join(piece if char == new else new for piece, char, new in zip(written, said, masked, strict=True))


def _like(digit: str, char: str) -> str:
    """A digit in the script of another."""
    return chr(ord(char) - int(digits_of(char)) + int(digit))


def _next(tokens: list[str], at: int) -> str:
    """The next token that is no blank."""
    return next((token for token in tokens[at + 1 : at + 3] if not token.isspace()), "")


def _unescape(piece: str) -> str:
    if len(piece) == 6 and piece.startswith("\\u"):
        return chr(int(piece[2:6], base=16))
    return SIMPLE_ESCAPES.get(piece[1], piece[1]) if len(piece) == 2 else piece


def _unescaped(text: str) -> str:
    return "".join(_unescape(piece) for piece in ESCAPE.findall(text))


def _unpercent(piece: str) -> str:
    if piece == "+":
        return " "
    return chr(int(piece[1:], base=16)) if len(piece) == 3 else piece
