"""Recordings: their address for those who sign, the file for those who have the address (recording_auth_codes.md 1)."""

from collections import OrderedDict
from datetime import datetime, timedelta
from urllib.parse import quote

from simulator.api.incoming import Incoming
from simulator.contract import requests
from simulator.contract.responses import WireAnswer, moved
from simulator.exchange.apps import App
from simulator.exchange.exchange import Exchange
from simulator.telephony.recordings import Recording
