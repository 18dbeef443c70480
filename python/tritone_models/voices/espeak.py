"""The formant voices of espeak-ng: small, plain, and the only ones for most Indian languages."""

import io
import itertools
import os
import wave
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tritone_models.errors import ModelError
from tritone_models.parameters import Parameters
from tritone_models.text import SpokenToken
from tritone_models.voices.espeak_program import EspeakProgram
from tritone_models.voices.espeak_words import LOUD, SILENT, Pcm, marked, stretches
from tritone_models.voices.levels import gain_of
from tritone_models.voices.options import read_voices
from tritone_models.voices.phone_times import timed_phones
from tritone_models.voices.pronunciation import Pronunciation, mark_of, words_of
from tritone_models.voices.rendering import Rendering, Span
from tritone_models.voices.visemes import Phone, visemes_of

RATE = 22_050
WORDS_A_MINUTE = 150
"""The program's own 175 is hard to follow in a call."""
SLOWEST, FASTEST = 80, 450
MOST_WORKERS = 4
DIALECTS = {"en": "en-gb"}
FULL_SCALE = 32_768


class Espeak:
    """A voice is a language: `hi` speaks Hindi."""

    is_slow = False

    def __init__(
        self, program: EspeakProgram, voices: dict[str, tuple[str, ...]], workers: int
    ) -> None:
        self.voices = voices
        self.workers = workers
        self._program = program
        self._pronunciation = Pronunciation(program)
        self._processes = ThreadPoolExecutor(4 * workers, "espeak")

    @classmethod
    def load(cls, parameters: Parameters) -> "Espeak":
        """@raises EspeakMissingError"""
        cores = len(os.sched_getaffinity(0))
        voices = read_voices(parameters.text("voices"))
        workers = parameters.integer("workers", 0) or min(cores, MOST_WORKERS)
        espeak = cls(EspeakProgram.find(), voices, workers)
        for voice, (language, *_) in voices.items():
            # A language that this version of the program lacks fails here, not in a call.
            espeak.render([SpokenToken("1", 0, 1, "1", ".")], voice, language, 1.0)
        return espeak

    def sample_rate(self, voice: str) -> int:  # noqa: ARG002
        return RATE

    def gain(self, voice: str) -> float:
        return gain_of("espeak", voice)

    def render(
        self,
        tokens: Sequence[SpokenToken],
        voice: str,  # noqa: ARG002
        language: str,
        speed: float,
    ) -> Rendering:
        dialect = DIALECTS.get(language, language)
        spoken = [number for number, token in enumerate(tokens) if words_of(token)]
        if not spoken:
            return Rendering(np.zeros(0, np.float32), tuple((0, 0) for _ in tokens), ())
        texts = [_text(tokens[number]) for number in spoken]
        pace = min(max(round(WORDS_A_MINUTE * speed), SLOWEST), FASTEST)
        spelt = self._processes.submit(self._pronunciation.spell, tokens, dialect)
        louder, quieter = (
            self._processes.submit(self._sound, marked(texts, volume), dialect, pace, True)
            for volume in (LOUD, SILENT)
        )
        plain = self._sound(" ".join(texts), dialect, pace, False)
        loud, silent, spellings = louder.result(), quieter.result(), spelt.result()
        phonemes = [spellings[number].phonemes for number in spoken]
        sizes = [max(1, len(each)) for each in phonemes]
        together = stretches(plain, loud, silent, sizes, RATE)
        sound = plain.astype(np.float32) / FULL_SCALE
        timed = dict(zip(spoken, timed_phones(phonemes, together, sound, RATE), strict=True))
        return Rendering(
            sound,
            _spans(timed, len(tokens)),
            visemes_of(itertools.chain(*timed.values())),
        )

    def _sound(self, text: str, dialect: str, pace: int, markup: bool) -> Pcm:
        told = self._program.sound(text, dialect, pace, markup)
        with wave.open(io.BytesIO(told)) as file:
            if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (RATE, 2, 1):
                raise ModelError("espeak-ng speaks at another rate than expected")
            # The program writes to a pipe: the length in its header means nothing.
            return np.frombuffer(file.readframes(len(told)), np.int16)


def _text(token: SpokenToken) -> str:
    return " ".join(words_of(token)) + mark_of(token.punctuation_after)


def _spans(timed: Mapping[int, Sequence[Phone]], tokens: int) -> tuple[Span, ...]:
    """A span a token; of one that is not heard an empty one, where it would be."""
    spans: list[Span] = []
    for number in range(tokens):
        phones = timed.get(number)
        before = spans[-1][1] if spans else 0
        spans.append((phones[0][1], phones[-1][2]) if phones else (before, before))
    return tuple(spans)
