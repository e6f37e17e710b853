"""Run as a program by a test: one worker process that asks one question."""

import sys
from pathlib import Path

from ringcentral_api import Credentials, RingCentral, Stores, Timing, Watch
from tests.ringcentral_api.fakes import FileTokens, MemoryRates

url, path = sys.argv[1:]
credentials = Credentials(url, url, "app", "the-secret", "the.jwt.text")
with RingCentral(
    credentials,
    Stores(MemoryRates(), FileTokens(Path(path))),
    Watch(Timing(patience=60.0)),
) as api:
    api.message("7", "9")
