"""A scenario file's tree with the place of every key and item: it keeps them when parts of several files are put together."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simulator.scenario.places import Place, of_key, of_value


class Map(dict[Any, Any]):
    """A mapping that knows where its keys and values stand."""

    def __init__(
        self, members: Mapping[Any, Any], keys_at: Mapping[Any, Place], values_at: Mapping[Any, Place]
    ) -> None:
        super().__init__(members)
        self.keys_at = dict(keys_at)
        self.values_at = dict(values_at)

    def without(self, keys: Iterable[str]) -> "Map":
        """The same mapping without some of its keys."""
        left = {key: value for key, value in self.items() if key not in set(keys)}
        return Map(left, self.keys_at, self.values_at)


class Seq(list[Any]):
    """A list that knows where its items stand."""

    def __init__(self, items: Iterable[Any], items_at: Iterable[Place]) -> None:
        super().__init__(items)
        self.items_at = list(items_at)


def placed(value: Any, around: Place) -> Any:
    """The tree of one file with its places; `around` is where it begins."""
    if isinstance(value, dict):
        values_at = {key: of_value(value, key, around) for key in value}
        keys_at = {key: of_key(value, key, around) for key in value}
        return Map({key: placed(value[key], values_at[key]) for key in value}, keys_at, values_at)
    if isinstance(value, list):
        items_at = [of_value(value, index, around) for index in range(len(value))]
        return Seq((placed(item, at) for item, at in zip(value, items_at, strict=True)), items_at)
    return value


def remade(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same tree with every value that is neither mapping nor list changed; places stay."""
    if isinstance(value, dict):
        members = {key: remade(member, change) for key, member in value.items()}
        return Map(members, value.keys_at, value.values_at) if isinstance(value, Map) else members
    if isinstance(value, list):
        items = [remade(item, change) for item in value]
        return Seq(items, value.items_at) if isinstance(value, Seq) else items
    return change(value)


def with_member(tree: Mapping[Any, Any], key: str, value: Any) -> Map:
    """The same mapping with another value under a key."""
    if isinstance(tree, Map):
        return Map({**tree, key: value}, tree.keys_at, tree.values_at)
    return Map({**tree, key: value}, {}, {})
