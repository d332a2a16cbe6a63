"""The simulated network's data for the core: outcome and release tables, timing and routing from the profile."""

from functools import cache

import orjson

from simulator.contract.codes import releases
from simulator.contract.number_states import call_causes
from simulator.contract.profile import Profile
from simulator.resources import read_bytes
from simulator.telephony.messages import SendResult, SmsRules
from simulator.telephony.plan import Outcome, Tables, Timing
from simulator.telephony.release import Release, Stage
from simulator.telephony.routes.ax import AxRules
from simulator.telephony.routes.axe import AxeRules
from simulator.telephony.routes.axyb import AxybRules
from simulator.telephony.routing import RoutingRules


@cache
def call_tables() -> Tables:
    """What plans follow: schemas/codes/outcomes.json and releases.json."""
    rows = orjson.loads(read_bytes("schemas/codes/outcomes.json"))["rows"]
    outcomes = {
        row["outcome"]: Outcome(row["outcome"], row["cause"], row["rings_seconds"], row["talks_seconds"])
        for row in rows
    }
    return Tables(
        outcomes,
        {
            row.cause: Release(row.cause, row.disconnect_point, row.q850, row.sip_status, Stage(row.stage))
            for row in releases().values()
        },
    )


def timing(profile: Profile) -> Timing:
    """How long the network takes, and what it does to malformed and unannounced calls."""
    return Timing(
        profile.forward_delay_seconds,
        profile.alerting_delay_seconds,
        profile.platform_ring_limit_seconds,
        int(profile.malformed_callee_cause),
        profile.carrier_interception_cause if profile.carrier_interception else None,
        profile.axe_collect_seconds,
        silent_tries_told=profile.axe_silent_try_event == "sent",
    )


def routing_rules(profile: Profile, *, frozen: bool = False) -> RoutingRules:
    """Who may call whom, and how a call in the wrong direction is counted; nobody where the account is frozen."""
    return RoutingRules(
        landline_may_call=profile.landline_caller == "allowed",
        wrong_direction_is_abnormal=profile.wrong_direction_cdr == "abnormal",
        x_causes=call_causes(),
        every_call=profile.frozen_call_cause if frozen else None,
    )


def ax_rules(profile: Profile, *, calls_back: bool = False) -> AxRules:
    """What AX does to calls that reach nobody, and whether A may see who calls (ax_axb.md 1 and 5)."""
    return AxRules(
        profile.ax_switched_off_cause,
        unreached_is_abnormal=profile.ax_unreached_cdr == "abnormal",
        real_number_allowed=profile.real_number_display == "allowed",
        calls_back=calls_back,
        fallback_number=_number_or_tone(profile.ax_no_callback_record),
        tone_seconds=profile.ax_callback_tone_seconds,
    )


def axe_rules(profile: Profile) -> AxeRules:
    """How extensions are collected, and what A hears or reaches who has nobody to call back (axe_axyb_x.md 1.0)."""
    return AxeRules(
        profile.axe_digit_repeats,
        profile.axe_collect_seconds,
        profile.axe_callback_tone_seconds,
        _number_or_tone(profile.axe_no_callback_record),
        real_number_allowed=profile.real_number_display == "allowed",
        extension_of_callback=profile.axe_callback_cdr_extension == "carried",
        no_callback_is_abnormal=profile.axe_no_callback_cdr == "abnormal",
    )


def axyb_rules(profile: Profile, common: RoutingRules) -> AxybRules:
    """What AXYB does to calls that go nowhere (axe_axyb_x.md 2.0)."""
    return AxybRules(common, profile.axyb_wrong_direction_cause, profile.axyb_no_y_cdr == "abnormal")


def _number_or_tone(setting: str) -> str | None:
    """The number of a setting that says "tone" or a number, +86 not needed."""
    if setting == "tone":
        return None
    return setting if setting.startswith("+") else f"+86{setting}"


def sms_rules(profile: Profile, barred: SendResult | None = None) -> SmsRules:
    """What stands in the way of SMS, and how it is told; `barred` is what the application's and X's state say."""
    return SmsRules(
        barred,
        profile.sms_blacklist,
        profile.sms_keyword,
        profile.sms_forbidden_words,
        SendResult(profile.sms_private_off_result),
        profile.sms_from_suffix,
        SendResult(profile.sms_no_mobile_result),
        closed_is_unbound=profile.sms_closed_binding == "no_binding",
    )
