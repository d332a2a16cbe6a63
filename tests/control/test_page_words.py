"""Every word of the page is there in English and in Chinese, also those that the exchange chooses."""

import re
from importlib.resources import files

import pytest

from simulator.delivery.delivery import DeliveryState
from simulator.delivery.notification import Slot
from simulator.exchange.apps import AppState
from simulator.outbound.answer import FailureKind
from simulator.telephony.calls import CallState
from simulator.telephony.events import CallEventKind

PAGE = files("simulator.control").joinpath("page")
SOURCES = {one.name: one.read_text("utf-8") for one in PAGE.iterdir() if one.name.endswith(".js")}
ENTRY = re.compile(r'^  (\w+): \[\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)",?\s*\],$', re.MULTILINE)
WORDS = {key: (english, chinese) for key, english, chinese in ENTRY.findall(SOURCES["words.js"])}
ASKED = {key for text in SOURCES.values() for key in re.findall(r'\bt\("(\w+)"\)', text)}
CHOSEN = {
    *(state.value for kinds in (CallState, CallEventKind, DeliveryState, AppState) for state in kinds),
    *(f"slot_{slot.value}" for slot in Slot),
    *(f"failure_{kind.value}" for kind in FailureKind),
    *re.findall(r'"(\w+)"', SOURCES["journal.js"].partition("KINDS = [")[2].partition("]")[0]),
}


def test_every_entry_is_read_by_this_test() -> None:
    table = SOURCES["words.js"].partition("export const WORDS = {")[2].partition("\n};")[0]
    assert len(re.findall(r"^  \w+:", table, re.MULTILINE)) == len(WORDS) > 150


def test_every_word_that_is_asked_for_is_there() -> None:
    assert sorted((ASKED | CHOSEN) - WORDS.keys()) == []


@pytest.mark.parametrize("key", sorted(WORDS.keys() - {"language"}))
def test_the_chinese_word_is_chinese(key: str) -> None:
    english, chinese = WORDS[key]
    assert re.search("[a-zA-Z]", english)
    assert re.search("[\u4e00-\u9fff]", chinese)
