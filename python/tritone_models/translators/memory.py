"""What was translated lately: the beginning that the next sentence's translation is given."""

import threading
from collections import OrderedDict

MOST = 512


class TranslationMemory:
    """The last `MOST` sentences by pair of languages. Any thread may ask."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, source: str, target: str, text: str, translated: str) -> None:
        with self._lock:
            self._known[source, target, text] = translated
            self._known.move_to_end((source, target, text))
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def get(self, source: str, target: str, text: str) -> str | None:
        with self._lock:
            return self._known.get((source, target, text))
