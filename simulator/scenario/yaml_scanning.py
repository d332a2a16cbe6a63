"""ruamel's scanner without what it does again and again: a third of the time of reading a scenario.

Comments are for people, so it is the scanner that has none of them. It is asked for the same next token several times, and looks
each time whether it must read on to know it; here it remembers that it need not, until the token is taken.
"""

from functools import cached_property
from typing import Any

from ruamel.yaml.scanner import Scanner


class Scanning(Scanner):
    """The same tokens with the same marks."""

    _is_sure = False
    """The first of the tokens stays what it is, whatever comes after it."""

    @cached_property
    def reader(self) -> Any:
        """Where the characters come from; ruamel's own looks for it at every character."""
        return self.loader.reader

    def check_token(self, *choices: Any) -> bool:
        """Whether the next token is one of these classes."""
        tokens = self._sure()
        return bool(tokens) and (not choices or isinstance(tokens[0], choices))

    def peek_token(self) -> Any:
        """The next token, which stays."""
        tokens = self._sure()
        return tokens[0] if tokens else None

    def get_token(self) -> Any:
        """The next token, which is taken."""
        tokens = self._sure()
        if not tokens:
            return None
        self._is_sure = False
        self.tokens_taken += 1
        return tokens.pop(0)

    def _sure(self) -> list[Any]:
        if not self._is_sure:
            while self.need_more_tokens():
                self.fetch_more_tokens()
            self._is_sure = True
        return self.tokens
