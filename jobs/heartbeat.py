"""Says again and again that this process is alive, from a thread of its own."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Heartbeat:
    """Calls `beat` every `spacing` seconds from construction until `close`."""

    def __init__(self, beat: Callable[[], None], spacing: float) -> None:
        self._beat = beat
        self._spacing = spacing
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="heartbeat", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._closed.wait(self._spacing):
            try:
                self._beat()
            except Exception as error:
                # One missed beat is no news, and many are noticed by whoever listens.
                log.warning("A heartbeat failed with %s.", type(error).__name__)
