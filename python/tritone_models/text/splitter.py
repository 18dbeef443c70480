"""Cuts text into clauses while it is still being written."""

from tritone_models.text.clause import Clause
from tritone_models.text.elements import Elements, break_ms
from tritone_models.text.markup import Character, MarkupReader, Tag
from tritone_models.text.pending import PARAGRAPH_PAUSE_MS, SENTENCE_PAUSE_MS, PendingClause
from tritone_models.text.reader import Reader
from tritone_models.text.tokens import spoken_tokens

BLOCKS_MS = {"p": PARAGRAPH_PAUSE_MS, "s": SENTENCE_PAUSE_MS, "speak": SENTENCE_PAUSE_MS}


class ClauseSplitter:
    """Fragments of text in, clauses out. What comes out depends on the text alone, not on where it
    was cut into fragments. Holds one clause at most.
    """

    def __init__(self, language: str) -> None:
        """`language`: "en", "hi", "en-IN"; an unknown one is read by the rules that all share."""
        self._markup = MarkupReader()
        self._reader = Reader(language)
        self._elements = Elements()
        self._language = language.split("-")[0].lower()
        self._pending = PendingClause(self._language)
        self._clauses: list[Clause] = []
        self._is_first = True
        self._paused_ms = 0
        """Silence since the last word."""

    def feed(self, text: str) -> list[Clause]:
        """The clauses that are complete now. No text makes it raise."""
        for event in self._markup.feed(text):
            self._accept(event)
        return self._taken()

    def flush(self) -> list[Clause]:
        """All that is left. What is fed later is another utterance; offsets go on."""
        for event in self._markup.flush():
            self._accept(event)
        self._end_clause(self._pending.pause_ms())
        self._elements = Elements()
        self._is_first = True
        self._paused_ms = 0
        return self._taken()

    def _taken(self) -> list[Clause]:
        clauses, self._clauses = self._clauses, []
        return clauses

    def _accept(self, event: Character | Tag) -> None:
        if isinstance(event, Character):
            self._append(event, self._elements.say_as)
        elif event.name == "break":
            if event.opens and (pause_ms := break_ms(event)):
                self._end_clause(pause_ms)
                self._pause(pause_ms)
        elif event.name in BLOCKS_MS:
            self._end_clause(BLOCKS_MS[event.name])
        else:
            rate = self._elements.rate
            self._elements.apply(event)
            if self._elements.rate != rate:
                self._end_clause(self._pending.pause_ms(), rate)

    def _append(self, character: Character, kind: str | None) -> None:
        cut = self._pending.append(character, kind, self._is_first)
        if not cut:
            return
        rest = self._pending.after(cut.end)
        self._emit(cut.end, cut.pause_ms, self._elements.rate)
        for following, its_kind in rest:
            self._append(following, its_kind)

    def _end_clause(self, pause_ms: int, rate: float | None = None) -> None:
        rate = self._elements.rate if rate is None else rate
        self._emit(len(self._pending.text), pause_ms, rate)

    def _emit(self, end: int, pause_ms: int, rate: float) -> None:
        """Speaks the first `end` characters of what is pending and forgets it all."""
        pending, self._pending = self._pending, PendingClause(self._language)
        words = spoken_tokens(pending.characters[:end], pending.kinds[:end], self._reader)
        if words:
            self._clauses.append(Clause(words, pause_ms, rate))
            self._is_first = False
            self._paused_ms = pause_ms

    def _pause(self, pause_ms: int) -> None:
        """Silence of a `<break>`, less what the clause before it has brought."""
        if pause_ms > self._paused_ms:
            rest_ms = pause_ms - self._paused_ms
            self._clauses.append(Clause((), rest_ms, self._elements.rate))
        self._paused_ms = 0
