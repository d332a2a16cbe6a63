"""The settings of the platform profile with the values in force, and where each value comes from."""

from typing import Any

from simulator.app import profile_in_force
from simulator.config import Config
from simulator.contract.editions import EditionSetting, editions
from simulator.contract.settings import Setting, settings

DEFAULT = "default"


def settings_in_force(config: Config) -> list[dict[str, Any]]:
    """Every setting; `value` is what edition and `[profile]` make of it, `from` says which. Raises ProfileError."""
    profile = profile_in_force(config)
    edition = editions()[config.server.edition].settings
    return [
        _row(
            setting,
            getattr(profile, setting.name) if setting.built else setting.value,
            config,
            edition.get(setting.name),
        )
        for setting in settings()
    ]


def _row(setting: Setting, value: object, config: Config, by_edition: EditionSetting | None) -> dict[str, Any]:
    known = by_edition if by_edition is not None and setting.name not in config.profile else setting
    return {
        "name": setting.name,
        "value": value,
        "default": setting.value,
        "from": _source(setting, config, by_edition),
        "changed": setting.built and value != setting.value,
        "type": setting.type,
        "choices": setting.choices,
        "minimum": setting.minimum,
        "maximum": setting.maximum,
        "unit": setting.unit,
        "provenance": known.provenance,
        "page": known.page,
        "modes": setting.modes,
        "built": setting.built,
        "en": setting.en,
        "zh": setting.zh,
        "why": known.why,
    }


def _source(setting: Setting, config: Config, by_edition: EditionSetting | None) -> str:
    """`pnsim.toml:12`, `edition 2019` or `default`."""
    if setting.name in config.profile:
        line = config.profile_lines.get(setting.name)
        return f"{config.source}:{line}" if line else str(config.source)
    return DEFAULT if by_edition is None else f"edition {config.server.edition}"
