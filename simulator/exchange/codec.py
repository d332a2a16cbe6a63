"""Values of the exchange as JSON and back. Bytes can name classes and methods of a given register only, never code.

Inline are texts, small numbers, and lists that begin with the word for a value (`["d", "2026-01-01T…"]`). Of a graph
everything else is a row that is referred to by its number in a list (`[7]`), so that a thing that is known twice stays one
thing, cycles included. What never changes is written by value: equal ones are one row, whoever made them.
"""

from base64 import b64decode, b64encode
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from math import isfinite
from types import MappingProxyType, MethodType
from typing import Any

import orjson

Json = Any
"""What orjson reads and writes."""

SMALL = 1 << 53
CONTAINERS: Mapping[type, str] = {
    list: "L", dict: "D", Counter: "C", OrderedDict: "O", deque: "Q", set: "S", MappingProxyType: "D",
}  # fmt: skip
MAPPINGS = ("D", "C", "O")


class Unreadable(Exception):
    """Bytes that say nothing that this exchange understands; the sentence says what is wrong with them."""


class Unwritable(Exception):
    """Something that has no place in a state; the simulator is wrong, not its user."""


@dataclass(frozen=True, slots=True)
class Form:
    """How things of one class are written: by `members`, in their order; `is_value` where they never change.

    What is `derived` is made again from the rest by `finish`; `hidden` is a secret that is kept elsewhere.
    """

    name: str
    kind: type
    members: tuple[str, ...]
    is_value: bool = False
    derived: tuple[str, ...] = ()
    finish: Callable[[Any], None] | None = None
    hidden: str = ""
    is_given: bool = False
    """Whether one that lives in the exchange may be given to it."""


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that may stand in a state."""

    forms: Mapping[type, Form]
    enums: Mapping[str, type[Enum]]
    methods: frozenset[tuple[type, str]]
    """Methods that a thing may hold on to, by the class they belong to."""

    by_name: dict[str, Form] = field(default_factory=dict)
    enum_names: dict[type, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update({form.name: form for form in self.forms.values()})
        self.enum_names.update({kind: name for name, kind in self.enums.items()})


class Writer:
    """Writes a graph into `rows`, or, without rows, single values that hold no living thing but those with a name.

    `name_of` names what both sides have anyway; `keep_secret` is told what is hidden: its owner, and the secret.
    """

    def __init__(
        self,
        register: Register,
        name_of: Callable[[object], str | None],
        rows: list[Json] | None = None,
        keep_secret: Callable[[object, str], None] = lambda *_: None,
    ) -> None:
        self._register = register
        self._name_of = name_of
        self._rows = rows
        self._keep_secret = keep_secret
        self._numbers: dict[int, tuple[int, object]] = {}
        self._equal: dict[bytes, int] = {}
        self.used: dict[str, tuple[str, ...]] = {}
        """The classes that were written, with their members."""

    def put(self, thing: object, *, in_value: bool = False) -> Json:
        """The thing as JSON; raises Unwritable. `in_value`: it is a part of what never changes."""
        kind = type(thing)
        if kind is str:
            return _text(thing)  # type: ignore[arg-type]  # it is one
        if thing is None or kind is bool or (kind is int and -SMALL < thing < SMALL):  # type: ignore[operator]  # an int
            return thing
        if (scalar := SCALARS.get(kind)) is not None:
            return scalar(thing)
        known = self._numbers.get(id(thing))
        return [known[0]] if known is not None else self._compound(kind, thing, in_value=in_value)

    def _compound(self, kind: type, thing: Any, *, in_value: bool) -> Json:
        if kind is tuple:
            return self._value(["T", *[self.put(one, in_value=True) for one in thing]])
        name = self._name_of(thing)
        if name is not None:
            return ["c", name]
        if kind in self._register.enum_names:
            return ["e", self._register.enum_names[kind], thing.value]
        form = self._register.forms.get(kind)
        if form is not None:
            return self._formed(form, thing)
        if kind is frozenset:
            return self._value(["F", *sorted((self.put(one, in_value=True) for one in thing), key=orjson.dumps)])
        if kind in CONTAINERS:
            return self._container(CONTAINERS[kind], thing, in_value=in_value)
        if kind is MethodType and (type(thing.__self__), thing.__name__) in self._register.methods:
            return ["m", self.put(thing.__self__), thing.__name__]
        raise Unwritable(f"{kind.__module__}.{kind.__qualname__} has no place in a state: {thing!r:.100}")

    def _formed(self, form: Form, thing: Any) -> Json:
        self.used[form.name] = form.members
        if form.hidden:
            self._keep_secret(thing, getattr(thing, form.hidden))
        if self._rows is None and (form.is_given or form.is_value):
            return [form.name, *[self.put(getattr(thing, one)) for one in form.members]]
        if form.is_value:
            number = self._value([form.name, *(self.put(getattr(thing, one), in_value=True) for one in form.members)])
            self._numbers[id(thing)] = (number[0], thing)
            return number
        return self._thing(thing, lambda: [form.name, *(self.put(getattr(thing, one)) for one in form.members)])

    def _container(self, tag: str, thing: Any, *, in_value: bool) -> Json:
        def row() -> list[Json]:
            if tag in MAPPINGS:
                pairs = ((self.put(key, in_value=True), self.put(one, in_value=in_value)) for key, one in thing.items())
                return [tag, *(part for pair in pairs for part in pair)]
            items = [self.put(one, in_value=in_value) for one in thing]
            if tag == "Q":
                return [tag, thing.maxlen, *items]
            return [tag, *(sorted(items, key=orjson.dumps) if tag == "S" else items)]

        return self._value(row()) if in_value or self._rows is None else self._thing(thing, row)

    def _value(self, row: list[Json]) -> list[Json]:
        """A row by its value: an equal one is the same."""
        if self._rows is None:
            return row
        written = orjson.dumps(row)
        number = self._equal.get(written)
        if number is None:
            number = self._equal[written] = len(self._rows)
            self._rows.append(row)
        return [number]

    def _thing(self, thing: object, row: Callable[[], list[Json]]) -> list[Json]:
        """A row by its identity; its number is known before its members are, for they may know it."""
        if self._rows is None:
            raise Unwritable(
                f"{type(thing).__qualname__} lives in the exchange and cannot be given to it: {thing!r:.100}"
            )
        number = len(self._rows)
        self._rows.append(None)
        self._numbers[id(thing)] = (number, thing)
        self._rows[number] = row()
        return [number]


class Reader:
    """Reads what a Writer wrote; `named` has what both sides have, `secret_of` what is hidden, by the members before."""

    def __init__(
        self,
        register: Register,
        named: Callable[[str], object],
        rows: Sequence[Json] = (),
        secret_of: Callable[[object], str] = lambda _: "",
    ) -> None:
        self._register = register
        self._named = named
        self._secret_of = secret_of
        self._rows = rows
        self._things: list[object] = [PENDING] * len(rows)

    def read_rows(self) -> None:
        """Make every thing of the graph: what changes first, empty; then values, then everything is filled."""
        changing = [number for number, row in enumerate(self._rows) if self._changes(row)]
        for number in changing:
            self._things[number] = self._empty(self._rows[number])
        for number, row in enumerate(self._rows):
            if self._things[number] is PENDING:
                self._things[number] = self._made(row)
        for number in changing:
            self._fill(self._things[number], self._rows[number])
        for number in changing:
            form = self._register.by_name.get(self._rows[number][0])
            if form is not None and form.finish is not None:
                form.finish(self._things[number])

    def get(self, json: Json) -> Any:
        """The thing that stands there."""
        if not isinstance(json, list):
            return json
        if isinstance(json[0], int):
            thing = self._things[json[0]] if json[0] >= 0 else PENDING
            if thing is PENDING:
                raise Unreadable(f"row {json[0]} is named before it is there")
            return thing
        match json:
            case ["e", name, value]:
                return self._register.enums[name](value)
            case ["c", name]:
                return self._named(name)
            case ["m", owner, name]:
                return self._method(self.get(owner), name)
        scalar = TAGS.get(json[0])
        return scalar(json[1]) if scalar is not None else self._made(json)

    def _method(self, owner: object, name: str) -> object:
        if (type(owner), name) not in self._register.methods:
            raise Unreadable(f"nothing here may call {name!r}")
        return getattr(owner, name)

    def _changes(self, row: Json) -> bool:
        form = self._register.by_name.get(row[0])
        return not form.is_value if form is not None else row[0] in SHELLS

    def _empty(self, row: Json) -> object:
        tag = row[0]
        if tag == "Q":
            return deque[object](maxlen=row[1])
        return SHELLS[tag]() if tag in SHELLS else _new(self._register.by_name[tag].kind)

    def _fill(self, thing: Any, row: Json) -> None:
        tag, items = row[0], row[1:]
        if tag in MAPPINGS:
            for key, one in zip(map(self.get, items[::2]), map(self.get, items[1::2]), strict=True):
                thing[key] = one  # a Counter's update would count
        elif tag in ("L", "Q"):
            thing.extend(map(self.get, items[tag == "Q" :]))
        elif tag == "S":
            thing.update(map(self.get, items))
        else:
            for member, item in zip(self._register.by_name[tag].members, items, strict=True):
                setattr(thing, member, self.get(item))

    def _made(self, row: Json) -> object:
        """A value, or without rows anything that stands where it is said."""
        tag, items = row[0], row[1:]
        if tag in ("T", "F"):
            return (tuple if tag == "T" else frozenset)(map(self.get, items))
        if tag in SHELLS:
            made = self._empty(row)
            self._fill(made, row)
            return made
        form = self._register.by_name.get(tag)
        if form is None or not (form.is_value or form.is_given):
            raise Unreadable(f"there is no value {tag!r:.40}")
        members = dict(zip(form.members, map(self.get, items), strict=True))
        if form.hidden:
            members[form.hidden] = self._secret_of(members)
        return form.kind(**members)


PENDING = object()
SHELLS: Mapping[str, Callable[[], Any]] = {
    "L": list, "D": dict, "C": Counter, "O": OrderedDict, "Q": deque, "S": set,
}  # fmt: skip


def _new(kind: type) -> object:
    made: object = object.__new__(kind)
    return made


def _text(text: str) -> Json:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return ["s", text.encode("utf-8", "surrogatepass").hex()]
    return text


def _bytes(body: bytes) -> Json:
    try:
        return ["u", body.decode()]
    except UnicodeDecodeError:
        return ["b", b64encode(body).decode()]


SCALARS: Mapping[type, Callable[[Any], Json]] = {
    int: lambda number: ["i", f"{number:x}"],
    float: lambda number: number if isfinite(number) else ["f", repr(number)],
    datetime: lambda at: ["d", at.isoformat()],
    date: lambda day: ["a", day.isoformat()],
    timedelta: lambda span: ["t", span // timedelta(microseconds=1)],
    bytes: _bytes,
}
TAGS: Mapping[str, Callable[[Any], object]] = {
    "i": lambda digits: int(digits, 16),
    "f": float,
    "d": datetime.fromisoformat,
    "a": date.fromisoformat,
    "t": lambda span: timedelta(microseconds=span),
    "u": str.encode,
    "b": lambda digits: b64decode(digits, validate=True),
    "s": lambda digits: bytes.fromhex(digits).decode("utf-8", "surrogatepass"),
}
