"""Who takes part in a draft: a name for each number, made or kept."""

from dataclasses import dataclass, field
from string import ascii_uppercase

from simulator.telephony.numbering import NumberKind, kind_of

PARTIES = tuple(letter for letter in ascii_uppercase if letter not in "XY")


@dataclass(slots=True)
class Cast:
    """Names of numbers, in the order in which they are met; `keep` writes the numbers themselves."""

    keep: bool = False
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)

    def party(self, number: str) -> str:
        """The name of a subscriber: A, B, C …"""
        taken = sum(kind == "party" for kind, _ in self.names)
        name = PARTIES[taken] if taken < len(PARTIES) else f"P{taken + 1}"
        return self._named("party", number, name, _kind(number))

    def x_number(self, number: str, *, given: bool = True) -> str:
        """The name of an X number; `given` False where the platform hands it out in the story (`number_as`)."""
        return self._numbered("X", number, given=given)

    def y_number(self, number: str) -> str:
        """The name of a Y number, which the platform hands out."""
        return self._numbered("Y", number, given=False)

    def _numbered(self, letter: str, number: str, *, given: bool) -> str:
        taken = sum(kind == letter for kind, _ in self.names)
        return self._named(letter, number, letter if not taken else f"{letter}{taken + 1}", "number" if given else "")

    def _named(self, kind: str, number: str, name: str, entry: str) -> str:
        if (kind, number) not in self.names:
            self.names[kind, number] = name
            keeps = self.keep and entry and kind_of(number) is not NumberKind.MALFORMED
            if entry:
                self.entries[name] = f'"{number}"' if keeps and kind == "party" else entry
                if keeps and kind != "party":
                    self.entries[name] = f'{{number: "{number}"}}'
        return self.names[kind, number]


def _kind(number: str) -> str:
    return "landline" if kind_of(number) is NumberKind.LANDLINE else "mobile"
