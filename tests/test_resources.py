"""The laws of resources.py: the wheel's folder first, the checkout's only beside its pyproject.toml."""

from pathlib import Path

import pytest

from simulator.resources import MissingResource, find, folder, read_bytes


def make_package(root: Path, *folders: str) -> Path:
    package = root / "simulator"
    package.mkdir()
    for name in folders:
        (root / name).mkdir(parents=True)
    return package


def test_the_folder_of_the_wheel_wins(tmp_path: Path) -> None:
    package = make_package(tmp_path, "schemas", "simulator/_data/schemas")
    (tmp_path / "pyproject.toml").touch()
    assert find("schemas", package) == package / "_data" / "schemas"


def test_the_checkout_counts_only_beside_its_pyproject(tmp_path: Path) -> None:
    package = make_package(tmp_path, "schemas")
    with pytest.raises(MissingResource, match="this installation lacks the folder 'schemas'"):
        find("schemas", package)
    (tmp_path / "pyproject.toml").touch()
    assert find("schemas", package) == tmp_path / "schemas"


def test_an_unknown_folder_is_named_with_the_known_ones() -> None:
    with pytest.raises(MissingResource, match="'secrets' is no shipped folder; there are: schemas, scenarios"):
        folder("secrets")


def test_a_shipped_file_is_read_and_a_missing_one_is_named() -> None:
    assert read_bytes("schemas/profile.json").startswith(b"{")
    with pytest.raises(MissingResource, match=r"lacks the file 'schemas/nothing\.json'"):
        read_bytes("schemas/nothing.json")
