"""Voices by the numbers: first sound, real-time factor, and whether they are understood.

    python -m bench.voices piper kokoro espeak
    python -m bench.voices kokoro --voices af_heart,hf_alpha --hear en=moonshine,hi=whisper-base

`--hear` gives what was spoken to a recogniser and tells the words and characters it got wrong:
its own errors are in the figure.
"""

import argparse
import os
import re
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.measure import Tally, load_engine, normalised, stream
from bench.sentences import SENTENCES
from tritone_models.parameters import Parameters
from tritone_models.speech.hypothesis import SAMPLE_RATE
from tritone_models.text import Clause, ClauseSplitter
from tritone_models.voices.chunks import Chunk
from tritone_models.voices.engine import VoiceEngine
from tritone_models.voices.options import VoiceOptions
from tritone_models.voices.rendering import Rendering, Synthesiser

REPOSITORY = Path(__file__).resolve().parents[2] / "model-repository"
PARAMETER = re.compile(r'key: "(\w+)" value \{ string_value: "([^"]*)"')
UNHURRIED = 1e9
PAUSE = np.zeros(SAMPLE_RATE, np.int16)


def load(model: str) -> Synthesiser:
    """The voices of `model-repository/<model>`, without Triton."""
    config = (REPOSITORY / model / "config.pbtxt").read_text("utf-8")
    parameters = Parameters(model, dict(PARAMETER.findall(config)))
    if model == "piper":
        from tritone_models.voices.piper import Piper as Kind
    elif model == "kokoro":
        from tritone_models.voices.kokoro import Kokoro as Kind
    else:
        from tritone_models.voices.espeak import Espeak as Kind
    return Kind.load(parameters)


def clauses_of(text: str, language: str) -> list[Clause]:
    splitter = ClauseSplitter(language)
    return splitter.feed(text) + splitter.flush()


def speak(synthesiser: Synthesiser, voice: str, language: str) -> list[Rendering]:
    """The sentences of a language as the voice renders them, before its gain."""
    return [
        synthesiser.render(clause.words, voice, language, clause.rate)
        for sentence in SENTENCES[language]
        for clause in clauses_of(sentence, language)
        if clause.words
    ]


def say(
    synthesiser: Synthesiser, text: str, voice: str, language: str
) -> tuple[list[Chunk], list[float]]:
    """Through the engine: the chunks, and when each came, in seconds."""
    engine = VoiceEngine(synthesiser, UNHURRIED)
    chunks: list[Chunk] = []
    times: list[float] = []
    began = time.perf_counter()

    def send(chunk: Chunk) -> None:
        chunks.append(chunk)
        times.append(time.perf_counter() - began)

    def fail(error: BaseException) -> None:
        raise error

    session = engine.open(VoiceOptions(voice, language, 1.0), send, lambda: None, fail)
    engine.receive(session, text, False, None)
    engine.end(session)
    while engine.work_round():
        pass
    return chunks, times


def resampled(pcm: np.ndarray, rate: int) -> np.ndarray:
    """To the recognisers' 16 kHz, through the spectrum."""
    count = round(len(pcm) * SAMPLE_RATE / rate)
    spectrum = np.fft.rfft(pcm.astype(np.float64))[: count // 2 + 1]
    sound = np.fft.irfft(spectrum, count) * count / len(pcm)
    return np.clip(np.round(sound), -32_768, 32_767).astype(np.int16)


def main() -> None:
    arguments = _arguments()
    hearing = dict(item.split("=", 1) for item in arguments.hear)
    ears = {name: load_engine(name, {"workers": "2"}) for name in set(hearing.values())}
    for model in arguments.models:
        synthesiser = load(model)
        for voice, languages in synthesiser.voices.items():
            if arguments.voices and voice not in arguments.voices:
                continue
            for language in languages:
                ear = ears.get(hearing.get(language, ""))
                print(f"{model}/{voice} {language}: {_figures(synthesiser, voice, language, ear)}")


def _figures(synthesiser: Synthesiser, voice: str, language: str, ear: object) -> str:
    firsts: list[float] = []
    gaps: list[float] = []
    spoken = worked = computed = 0.0
    words, characters = Tally(), Tally()
    rate = synthesiser.sample_rate(voice)
    for sentence in SENTENCES[language]:
        before = _processor_seconds()
        chunks, times = say(synthesiser, sentence, voice, language)
        computed += _processor_seconds() - before
        pcm = np.concatenate([chunk.pcm for chunk in chunks])
        firsts.append(1000 * times[0])
        late = (at - times[0] - chunk.start / rate for chunk, at in zip(chunks, times, strict=True))
        gaps.append(1000 * max(late))
        spoken += len(pcm) / rate
        worked += times[-1]
        if ear is not None:
            _hear(
                ear,
                np.concatenate([resampled(pcm, rate), PAUSE]),
                sentence,
                language,
                words,
                characters,
            )
    told = f"first sound {_spread(firsts)} ms, then late by {_spread(gaps)} ms"
    told += f", RTF {worked / spoken:.2f}"
    told += f", CPU {computed / spoken:.2f} s a second"
    if ear is not None:
        told += f", heard back WER {words.rate:.1f} % CER {characters.rate:.1f} %"
    return told


def _hear(
    ear: object, pcm: np.ndarray, sentence: str, language: str, words: Tally, characters: Tally
) -> None:
    events = stream(ear, pcm, language, partials=False)
    text = normalised(" ".join(e["text"] for _, e in events if e["type"] == "final"))
    said = normalised(sentence)
    words.add(said.split(), text.split())
    characters.add(list(said), list(text))


def _processor_seconds() -> float:
    """Of this process and the programs that it has run."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} (worst {max(values):.0f})"


def _arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return [name for name in text.split(",") if name]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--voices", type=names, default=[])
    parser.add_argument("--hear", type=names, default=[], help="language=recogniser,…")
    return parser.parse_args()


if __name__ == "__main__":
    main()
