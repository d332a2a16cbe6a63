"""The settings of the platform profile with the values in force."""

from typing import Any

from simulator.config import Config
from simulator.contract.profile import Profile
from simulator.contract.settings import settings


def settings_in_force(config: Config) -> list[dict[str, Any]]:
    """Every setting; `value` is what the configuration's `[profile]` makes of it. Raises ProfileError."""
    profile = Profile.default()
    for name, value in config.profile.items():
        line = config.profile_lines.get(name)
        profile = profile.with_overrides({name: value}, f"{config.source}:{line}" if line else str(config.source))
    return [
        {
            "name": setting.name,
            "value": getattr(profile, setting.name) if setting.built else setting.value,
            "default": setting.value,
            "changed": setting.built and getattr(profile, setting.name) != setting.value,
            "type": setting.type,
            "choices": setting.choices,
            "minimum": setting.minimum,
            "maximum": setting.maximum,
            "unit": setting.unit,
            "provenance": setting.provenance,
            "page": setting.page,
            "modes": setting.modes,
            "built": setting.built,
            "en": setting.en,
            "zh": setting.zh,
            "why": setting.why,
        }
        for setting in settings()
    ]
