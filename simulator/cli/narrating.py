"""A call of production in words of both languages, and the command that plays it with its own numbers."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from simulator.contract.codes import disconnect_points, hangup_causes, q850, releases
from simulator.contract.contradictions import Sentence, contradictions, differences, talk_seconds
from simulator.contract.incidents import Incident
from simulator.contract.reproductions import Reproduction, reproduction
from simulator.scenario.reproducing import complaint, names_of
from simulator.telephony.release import CARRIER_INTERCEPTION

BEIJING = timedelta(hours=8)
MASK = "**"
STEPS = (
    ("forwarded_at", "forwarded", "转接"),
    ("alerted_at", "rang", "振铃"),
    ("answered_at", "answered", "接通"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened in one call; pairs are English and Chinese."""

    told: Incident
    code: str
    meaning: Sentence
    happened: tuple[Sentence, ...]
    codes: tuple[Sentence, ...]
    hears: Sentence
    contradictions: tuple[Sentence, ...]
    differences: tuple[Sentence, ...]
    command: str
    left_out: tuple[str, ...]

    def facts(self) -> Iterator[tuple[str, str, str]]:
        """Label, sentence, and the same in the other language."""
        yield from _labelled("what happened", self.happened)
        yield from _labelled("codes", self.codes)
        if any(self.hears):
            yield "caller hears", *self.hears
        yield from _labelled("contradicts", self.contradictions)
        yield from _labelled("differs", self.differences)
        yield "play it", *_how(self)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        told = {name: value for name, value in asdict(self.told).items() if value not in (None, {}, (None, None))}
        sentences = {name: [list(pair) for pair in getattr(self, name)] for name in
                     ("happened", "codes", "contradictions", "differences")}  # fmt: skip
        meaning = {"en": self.meaning[0], "zh": self.meaning[1], "command": self.command or None}
        return {"code": self.told.code, **meaning, **sentences, "left_out": list(self.left_out), "told": told}


def story_of(told: Incident) -> Story:
    """Everything that can be said of a call."""
    cause = hangup_causes().get(-1 if told.code is None else told.code)
    if cause is not None and told.mode is None and len(cause.modes) == 1:
        told = replace(told, mode=next(iter(cause.modes)))
    parties = _parties(told)
    command, left_out = _command(told, parties) if cause is not None else ("", ())
    return Story(
        told=told,
        code="?" if told.code is None else str(told.code),
        meaning=_meaning(told.code),
        happened=(_who(told, parties), _how_far(told, parties), _end(told)),
        codes=tuple(_codes(told)),
        hears=(cause.hears_en, cause.hears_zh) if cause else ("", ""),
        contradictions=tuple(contradictions(told)),
        differences=tuple(differences(told)),
        command=command,
        left_out=left_out,
    )


def _meaning(code: int | None) -> Sentence:
    if code is None:
        return "a code that is no number", "不是数字的代码"
    row = hangup_causes().get(code) or disconnect_points().get(code)
    return (row.en, row.zh) if row else ("in no table of the platform", "不在平台的任何代码表中")


def _parties(told: Incident) -> dict[str, str]:
    """Who took part, by the names that `--set` has for them."""
    first, second = told.legs
    row = releases().get(-1 if told.code is None else told.code)
    at_arrival = row is not None and row.stage == "arrival"
    named = {"caller": told.caller, "x_number": told.x_number, "callee": told.callee}
    if told.mode == "AXYB":
        named["y_number"] = told.shown
    if told.caller is None and told.x_number is None:
        named |= {"caller": first, "x_number": second} if at_arrival else {"x_number": first, "callee": second}
    named |= {"extension": told.extension, "subscription_id": told.subscription_id, "user_data": told.user_data}
    return {name: value for name, value in named.items() if value is not None}


def _who(told: Incident, parties: Mapping[str, str]) -> Sentence:
    caller, dialled = parties.get("caller"), parties.get("x_number")
    at, mode = told.times.get("dialled_at"), f" ({told.mode})" if told.mode else ""
    when, when_zh = _when(at)
    en = f"{shown(caller) or 'Somebody'} dialled {shown(dialled) or 'X'}{mode}{when}."
    return en, f"{when_zh}{shown(caller) or '主叫'}拨打{shown(dialled) or 'X号码'}{mode}。"


def _how_far(told: Incident, parties: Mapping[str, str]) -> Sentence:
    callee = shown(parties.get("callee"))
    steps = [(words, words_zh, told.times[word]) for word, words, words_zh in STEPS if word in told.times]
    if not steps:
        if callee:
            return f"The call was forwarded to {callee}.", f"呼叫转接到{callee}。"
        return "The call was not forwarded, or the record does not say so.", "呼叫未转接,或记录未说明。"
    to, to_zh = (f" to {callee}", f"到{callee}") if callee else ("", "")
    en = ", ".join(f"{words}{to if words == 'forwarded' else ''} at {at:%H:%M:%S}" for words, _, at in steps)
    zh = ",".join(f"{at + BEIJING:%H:%M:%S}{words}{to_zh if words == '转接' else ''}" for _, words, at in steps)
    seconds = talk_seconds(told)
    talked, talked_zh = ("", "") if seconds is None else (f"; they talked {seconds} s", f",通话{seconds}秒")
    return f"It was {en}{talked}.", f"{zh}{talked_zh}。"


def _end(told: Incident) -> Sentence:
    en, zh = _meaning(told.code)
    when, when_zh = _when(told.ended_at)
    code = "" if told.code is None else f"{told.code} "
    return f"It was released{when}: {code}{en}.", f"{when_zh}释放:{code}{zh}。"


def _when(at: datetime | None) -> Sentence:
    if at is None:
        return "", ""
    return f" at {at} UTC", f"北京时间{at + BEIJING},"


def _codes(told: Incident) -> Iterator[Sentence]:
    point = disconnect_points().get(-1 if told.disconnect_point is None else told.disconnect_point)
    if told.disconnect_point is not None:
        en, zh = (point.en, point.zh) if point else ("in no list", "不在拆线点表中")
        yield f"disconnect point {told.disconnect_point}: {en}", f"拆线点{told.disconnect_point}:{zh}"
    if told.q850 is not None:
        row = q850().get(told.q850)
        en, zh = (row.en, row.zh) if row else ("in no table", "不在表中")
        yield f"Q.850 {told.q850}: {en}", f"Q.850 {told.q850}:{zh}"
    if told.sip_status is not None:
        yield f"SIP {told.sip_status}", ""


def _command(told: Incident, parties: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The command that plays the call, and which of its own values cannot be played as they stand."""
    code = told.code or 0
    modes = hangup_causes()[code].modes
    mode = told.mode if told.mode in modes else next(iter(modes)) if len(modes) == 1 else None
    stories = [reproduction(code, one) for one in ([mode] if mode else modes)]
    known = {name: story for story in stories for name in names_of(story)}
    given = {name: value for name, value in parties.items() if name in known}
    fitting = {name: value for name, value in given.items() if _fits(known[name], name, value)}
    words = ["pnsim", "causes", "--reproduce", str(code), *(["--mode", mode] if mode else [])]
    for name, value in fitting.items():
        words += ["--set", f"{name}={value}"]
    return shlex.join(words), tuple(name for name in given if name not in fitting)


def _fits(story: Reproduction, name: str, value: str) -> bool:
    """Whether a value of the record can be played; masked ones cannot."""
    return MASK not in value and value.isprintable() and not complaint(story, name, value)


def _how(story: Story) -> Sentence:
    if not story.command:
        return _unplayed(story.told)
    if not story.left_out:
        return "with its own numbers, beside --receiver URL:", "使用其自身号码,并加上--receiver URL:"
    missing = ", ".join(story.left_out)
    return (
        f"with its own numbers; masked or malformed, so to be filled in with --set: {missing}",
        f"使用其自身号码;已脱敏或格式错误,请用--set补充:{missing}",
    )


def _unplayed(told: Incident) -> Sentence:
    """What there is for a code that is no hangup cause: a CDR alone where it is a disconnect point."""
    if told.code not in disconnect_points():
        return "no story ends with this code: see `pnsim causes`", "没有以此代码结束的剧情,参见pnsim causes"
    alone = shlex.join(["pnsim", "trigger", "fee", *(["--mode", told.mode] if told.mode else []), "--set"])
    en = f"no story ends with this code; a CDR with it: {alone} cause={told.code}"
    zh = f"没有以此代码结束的剧情;单独推送带此代码的话单:{alone} cause={told.code}"
    if told.code != CARRIER_INTERCEPTION:
        return en, zh
    setting = "carrier_interception = true"
    return (
        f"{en}\nwith {setting} under [profile] every call that a carrier would intercept ends with it",
        f"{zh}\n[profile]中设置{setting}后,会被运营商拦截的呼叫均以此结束",
    )


def _labelled(label: str, pairs: tuple[Sentence, ...]) -> Iterator[tuple[str, str, str]]:
    for number, (en, zh) in enumerate(pairs):
        yield "" if number else label, en, zh


def shown(text: str | None) -> str:
    """A value of a record as text and nothing else: what does not print is escaped."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text or "")
