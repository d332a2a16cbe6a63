"""The configuration: where it listens, how its clock goes, which applications there are, what the profile changes."""

from simulator.config.apps import app_options, number_options, voice_file_option
from simulator.config.demo import DEMO_APP, DEMO_APPS
from simulator.config.load import CONFIG_FILE, load
from simulator.config.options import EDITIONS, OPTIONS, Option
from simulator.config.origins import ConfigError, FlagError, Origin
from simulator.config.values import (
    AppOptions,
    CertFiles,
    Config,
    NumberOption,
    NumberPoolOption,
    ServerOptions,
    VoiceFileOption,
)

__all__ = [
    "CONFIG_FILE",
    "DEMO_APP",
    "DEMO_APPS",
    "EDITIONS",
    "OPTIONS",
    "AppOptions",
    "CertFiles",
    "Config",
    "ConfigError",
    "FlagError",
    "NumberOption",
    "NumberPoolOption",
    "Option",
    "Origin",
    "ServerOptions",
    "VoiceFileOption",
    "app_options",
    "load",
    "number_options",
    "voice_file_option",
]
