"""One client's text on its way to sound."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tritone_models.text import Clause, ClauseSplitter, speakable
from tritone_models.voices.chunks import Chunk
from tritone_models.voices.options import VoiceOptions
from tritone_models.voices.problems import unreadable

MOST_WAITING = 2
"""Clauses that may wait to be spoken before the client is held back."""
SLICE = 256
"""Characters cut into clauses at a time: a book does not become a million tokens."""

Acknowledge = Callable[[], None]


@dataclass
class _Written:
    text: str
    flush: bool
    acknowledge: Acknowledge | None
    taken: int = 0


class VoiceSession:
    """Its methods are called under the engine's lock; it tells nobody anything itself."""

    def __init__(
        self,
        options: VoiceOptions,
        send: Callable[[Chunk], None],
        close: Callable[[], None],
        fail: Callable[[BaseException], None],
        opened_at: float,
    ) -> None:
        self.options = options
        self.send = send
        self.close = close
        self.fail = fail
        self.busy = False
        """A worker has it in hand."""
        self.over = False
        self.heard_until = opened_at
        """When a listener who hears everything at once will have heard what was sent."""
        self.samples = 0
        self.outbox: deque[Chunk] = deque()
        self.clauses: deque[Clause] = deque()
        self._splitter = ClauseSplitter(options.language)
        self._written: deque[_Written] = deque()
        self._taken_in: list[Acknowledge] = []
        self._ended = False

    def write(self, text: str, flush: bool, acknowledge: Acknowledge | None) -> None:
        self._written.append(_Written(text, flush, acknowledge))

    def end(self) -> None:
        """No more text."""
        if not self._ended:
            self._ended = True
            self._written.append(_Written("", True, None))

    def advance(self) -> list[Acknowledge]:
        """Cuts text into clauses while few of them wait; the acknowledgements that are due now.

        @raises VoiceError where the voice cannot read a clause
        """
        due: list[Acknowledge] = []
        while len(self.clauses) <= MOST_WAITING:
            due += self._taken_in
            self._taken_in = []
            if not self._written:
                break
            self._take(self._written[0])
        return due

    def drop(self) -> list[Acknowledge]:
        """Forgets everything; what is still to be acknowledged."""
        self.over = True
        due = [*self._taken_in, *(w.acknowledge for w in self._written if w.acknowledge)]
        self._taken_in = []
        self._written.clear()
        self.clauses.clear()
        self.outbox.clear()
        return due

    @property
    def has_work(self) -> bool:
        return bool(self.outbox or self.clauses or self._written)

    @property
    def is_done(self) -> bool:
        return self._ended and not self.has_work and not self.busy

    def _take(self, written: _Written) -> None:
        part = written.text[written.taken : written.taken + SLICE]
        written.taken += len(part)
        self._accept(self._splitter.feed(part) if part else [])
        if written.taken < len(written.text):
            return
        if written.flush:
            self._accept(self._splitter.flush())
        if written.acknowledge is not None:
            self._taken_in.append(written.acknowledge)
        self._written.popleft()

    def _accept(self, clauses: list[Clause]) -> None:
        for clause in clauses:
            text = " ".join(token.text for token in clause.words)
            problem = speakable(text, self.options.language)
            if problem is not None:
                raise unreadable(problem)
            self.clauses.append(clause)
