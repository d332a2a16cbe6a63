"""`-k EXPR`: which scenarios are meant, by parts of their names and titles joined with and, or, not and brackets."""

import re
from collections.abc import Callable

TOKEN = re.compile(r"\s*([()]|[^\s()]+)")
Chooses = Callable[[str], bool]


class ExpressionError(ValueError):
    """An expression that is none; the sentence says where it goes wrong."""


def selection(expression: str) -> Chooses:
    """A test of texts, without regard to case; raises ExpressionError."""
    parser = _Parser(TOKEN.findall(expression.casefold()), expression)
    chosen = parser.either()
    if parser.rest:
        raise ExpressionError(f"-k {expression!r}: {parser.rest[0]!r} stands where 'and', 'or' or the end should")
    return lambda text: chosen(text.casefold())


class _Parser:
    """Reads `or` of `and` of `not` of words and brackets."""

    def __init__(self, tokens: list[str], expression: str) -> None:
        self.rest = tokens
        self._expression = expression

    def either(self) -> Chooses:
        """What is left, as far as `or` joins it."""
        first = self._both()
        if not self._took("or"):
            return first
        second = self.either()
        return lambda text: first(text) or second(text)

    def _both(self) -> Chooses:
        first = self._one()
        if not self._took("and"):
            return first
        second = self._both()
        return lambda text: first(text) and second(text)

    def _one(self) -> Chooses:
        if self._took("not"):
            denied = self._one()
            return lambda text: not denied(text)
        if self._took("("):
            inner = self.either()
            if not self._took(")"):
                raise ExpressionError(f"-k {self._expression!r}: a bracket is opened and never closed")
            return inner
        if not self.rest or self.rest[0] in ("and", "or", ")"):
            got = repr(self.rest[0]) if self.rest else "the end"
            raise ExpressionError(f"-k {self._expression!r}: {got} stands where part of a name should")
        word = self.rest.pop(0)
        return lambda text: word in text

    def _took(self, token: str) -> bool:
        if self.rest[:1] == [token]:
            self.rest.pop(0)
            return True
        return False
