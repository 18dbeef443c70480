"""A final decoded again by a bigger recogniser, when nobody waits for the first one."""

from collections import deque
from collections.abc import Callable
from threading import Lock

from tritone_models.speech.hypothesis import DecodeRequest, Recogniser
from tritone_models.speech.second_opinion import MOST_WAITING, second_opinion
from tritone_models.speech.session import SpeechSession
from tritone_models.speech.utterance import Utterance


class SecondPass:
    """Waiting finals, oldest first; when there are too many the oldest keeps its first text.

    One is decoded at a time, so that of two workers one is always free for live speech.
    """

    def __init__(self, recogniser: Recogniser, tail: int) -> None:
        self._recogniser = recogniser
        self._tail = tail
        self._waiting: deque[tuple[SpeechSession, Utterance]] = deque()
        self._busy = False

    @property
    def has_work(self) -> bool:
        return bool(self._waiting) and not self._busy

    def add(self, session: SpeechSession, utterance: Utterance) -> bool:
        """Under the engine's lock: whether this final will be looked at again."""
        heard = utterance.decided
        if heard is None or heard.language not in self._recogniser.languages:
            return False
        self._waiting.append((session, utterance))
        if len(self._waiting) > MOST_WAITING:
            crowded_out, forgotten = self._waiting.popleft()
            crowded_out.revise(forgotten, None)
        return True

    def round(self, lock: Lock, leave: Callable[[SpeechSession], None]) -> bool:
        """Decodes one; returns whether there was one. `leave` is called without the lock."""
        with lock:
            if not self.has_work:
                return False
            session, utterance = self._waiting.popleft()
            if session.closed:
                return True
            self._busy = True
            request = self._request(session, utterance)
        heard = second_opinion(self._recogniser, request)
        with lock:
            self._busy = False
            session.revise(utterance, heard)
        leave(session)
        return True

    def _request(self, session: SpeechSession, utterance: Utterance) -> DecodeRequest:
        heard = utterance.decided
        return DecodeRequest(
            audio=utterance.audio(utterance.speech_end + self._tail),
            language=heard.language if heard else None,
            prompt=session.options.prompt,
            words=session.options.words,
        )
