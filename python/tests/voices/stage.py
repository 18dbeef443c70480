"""A voice made of levels: each word is 0.1 s of one level, with silence around the clause.

Time stands still unless a test moves it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tritone_models.text import SpokenToken
from tritone_models.voices.chunks import Chunk
from tritone_models.voices.engine import VoiceEngine
from tritone_models.voices.options import VoiceOptions
from tritone_models.voices.rendering import Rendering, Viseme
from tritone_models.voices.session import VoiceSession

RATE = 8_000
WORD = RATE // 10
EDGE = RATE // 5


@dataclass
class LevelVoice:
    voices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"level": ("en", "hi")})
    workers: int = 1
    said: list[tuple[str, float]] = field(default_factory=list)
    """The words of each clause, and its speed."""
    fails_at: str | None = None
    is_slow: bool = False

    def sample_rate(self, voice: str) -> int:  # noqa: ARG002
        return RATE

    def gain(self, voice: str) -> float:  # noqa: ARG002
        return 1.0

    def render(
        self,
        tokens: Sequence[SpokenToken],
        voice: str,  # noqa: ARG002
        language: str,  # noqa: ARG002
        speed: float,
    ) -> Rendering:
        text = " ".join(token.text for token in tokens)
        if self.fails_at is not None and self.fails_at in text:
            raise RuntimeError("a network failed")
        self.said.append((text, speed))
        starts = [EDGE + number * WORD for number in range(len(tokens))]
        sound = np.zeros(2 * EDGE + len(tokens) * WORD, np.float32)
        sound[EDGE : EDGE + len(tokens) * WORD] = 0.5
        return Rendering(
            sound,
            tuple((start, start + WORD) for start in starts),
            tuple(Viseme("aa", start, start + WORD) for start in starts),
        )


@dataclass
class Client:
    stage: "Stage"
    session: VoiceSession
    chunks: list[Chunk] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    closed: int = 0
    written: int = 0

    def write(self, text: str, flush: bool = False) -> None:
        """Nobody works yet."""
        number = self.written
        self.written += 1
        engine = self.stage.engine
        engine.receive(self.session, text, flush, lambda: self.acknowledged.append(number))

    def end(self) -> None:
        self.stage.engine.end(self.session)

    @property
    def words(self) -> list[str]:
        return [word["text"] for chunk in self.chunks for word in chunk.timing["words"]]

    @property
    def samples(self) -> int:
        return sum(len(chunk.pcm) for chunk in self.chunks)


class Stage:
    """An engine without threads."""

    def __init__(self, voice: LevelVoice | None = None, ahead_seconds: float = 1e9) -> None:
        self.now = 0.0
        self.voice = voice or LevelVoice()
        self.engine = VoiceEngine(self.voice, ahead_seconds, clock=lambda: self.now)

    def open(self, language: str = "en", speed: float = 1.0) -> Client:
        client = Client(self, None)  # type: ignore[arg-type]

        def close() -> None:
            client.closed += 1

        client.session = self.engine.open(
            VoiceOptions("level", language, speed),
            client.chunks.append,
            close,
            client.failed.append,
        )
        return client

    def catch_up(self) -> None:
        while self.engine.work_round():
            pass
