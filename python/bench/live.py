"""Latency and load of N people talking at once, in real time, without a server.

    python -m bench.live moonshine ../../shared/data/speech/en --speakers 4 --seconds 60

Everybody speaks the folder's sentences, each in another order, with 1.0 to 1.6 s between them.
Latency is the arrival of an event minus the moment its last sample was spoken; for a final, minus
the moment its speech ended.
"""

import argparse
import json
import resource
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import CHUNK, Tally, load_engine, normalised, references
from tritone_models.speech.engine import SpeechEngine
from tritone_models.speech.hypothesis import SAMPLE_RATE
from tritone_models.speech.options import SpeechOptions
from tritone_models.wave_file import read_wave


def main() -> None:
    arguments = _arguments()
    engine = load_engine(arguments.recogniser, dict(s.split("=", 1) for s in arguments.set))
    clips = [
        (read_wave(arguments.folder / name), text)
        for name, text in references(arguments.folder, 1_000)
    ]
    speakers = [Speaker(engine, clips, seed, arguments) for seed in range(arguments.speakers)]
    engine.start()
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    threads = [threading.Thread(target=speaker.talk, args=(began,)) for speaker in speakers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - began
    engine.stop()
    words = Tally()
    for speaker in speakers:
        words.add(normalised(speaker.said).split(), normalised(speaker.heard()).split())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    firsts = [latency for speaker in speakers for latency in speaker.first_partials()]
    finals = [latency for speaker in speakers for latency in speaker.finals()]
    result = {
        "recogniser": arguments.recogniser,
        "speakers": arguments.speakers,
        "first_partial_ms": percentiles(firsts),
        "final_ms": percentiles(finals),
        "wer": round(words.rate, 1),
        "cpu_percent_of_a_core": round(100 * cpu / wall),
        "skipped": sum(speaker.session.skipped for speaker in speakers),
        "decodes": dict(engine.counters),
        "memory_mb": after.ru_maxrss // 1024,
    }
    print(json.dumps(result))


class Speaker:
    """One session, fed at the pace of speech."""

    def __init__(
        self,
        engine: SpeechEngine,
        clips: Sequence[tuple[Any, str]],
        seed: int,
        arguments: argparse.Namespace,
    ) -> None:
        generator = np.random.default_rng(seed)
        parts: list[Any] = [np.zeros(int(generator.uniform(0, 2) * SAMPLE_RATE), np.int16)]
        said: list[str] = []
        while sum(map(len, parts)) < arguments.seconds * SAMPLE_RATE:
            pcm, text = clips[generator.integers(len(clips))]
            gap = int(generator.uniform(1.0, 1.6) * SAMPLE_RATE)
            parts += [pcm, np.zeros(gap, np.int16)]
            said.append(text)
        self.said = " ".join(said)
        self._pcm = np.concatenate(parts)
        self._engine = engine
        self._events: list[tuple[float, dict[str, Any]]] = []
        self._began = 0.0
        self._done = threading.Event()
        options = SpeechOptions(arguments.language)
        self.session = engine.open(options, self._see, self._done.set, self._fail)

    def talk(self, began: float) -> None:
        self._began = began
        for at in range(0, len(self._pcm), CHUNK):
            chunk = self._pcm[at : at + CHUNK]
            time.sleep(max(0.0, began + (at + len(chunk)) / SAMPLE_RATE - time.monotonic()))
            self._engine.receive(self.session, chunk)
        self._engine.end(self.session)
        self._done.wait(10)

    def heard(self) -> str:
        return " ".join(event["text"] for _, event in self._events if event["type"] == "final")

    def first_partials(self) -> list[float]:
        """After the start of speech, which lies about a pre-roll behind the utterance's."""
        seen: set[int] = set()
        latencies = []
        for at, event in self._events:
            if event["type"] == "partial" and event["utterance"] not in seen:
                seen.add(event["utterance"])
                speech = event["start"] / SAMPLE_RATE + self._engine.preroll_seconds
                latencies.append(at - self._began - speech)
        return latencies

    def finals(self) -> list[float]:
        return [
            at - self._began - event["end"] / SAMPLE_RATE
            for at, event in self._events
            if event["type"] == "final" and event["reason"] == "pause"
        ]

    def _see(self, event: dict[str, Any]) -> None:
        self._events.append((time.monotonic(), event))

    def _fail(self, error: BaseException) -> None:
        self._done.set()
        raise error


def percentiles(seconds: Sequence[float]) -> dict[str, int]:
    if not seconds:
        return {}
    return {f"p{p}": round(1000 * float(np.percentile(seconds, p))) for p in (50, 95)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recogniser", help="moonshine, or the folder of Whisper weights")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speakers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--language", default="en")
    parser.add_argument("--set", nargs="*", default=[], metavar="PARAMETER=VALUE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
