"""Word and character error rates through the whole streaming path, without a server.

    python -m bench.score moonshine ../../shared/data/speech/en
    python -m bench.score whisper-base ../../shared/data/speech/hi --language hi

Feeds 100 ms chunks and lets the recogniser catch up after each: the latency of an infinitely fast
machine, the text of any machine. The folder holds 16 kHz wave files and `ref.tsv`.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.measure import Tally, load_engine, normalised, references, stream
from tritone_models.speech.hypothesis import SAMPLE_RATE
from tritone_models.wave_file import read_wave

SILENCE = np.zeros(SAMPLE_RATE, np.int16)


def main() -> None:
    arguments = _arguments()
    given = dict(item.split("=", 1) for item in arguments.set)
    engine = load_engine(arguments.recogniser, {"workers": "1", **given})
    words = Tally()
    characters = Tally()
    firsts: list[float] = []
    finals: list[float] = []
    heard_seconds, started = 0.0, time.process_time()
    for name, reference in references(arguments.folder, arguments.limit):
        pcm = read_wave(arguments.folder / name)
        heard_seconds += len(pcm) / SAMPLE_RATE
        events = stream(engine, np.concatenate([pcm, SILENCE]), arguments.language)
        text = " ".join(event["text"] for _, event in events if event["type"] == "final")
        words.add(normalised(reference).split(), normalised(text).split())
        characters.add(list(normalised(reference)), list(normalised(text)))
        shown = [(at, event) for at, event in events if event["type"] == "partial"]
        for utterance in {event["utterance"] for _, event in shown}:
            at, event = next(item for item in shown if item[1]["utterance"] == utterance)
            firsts.append((at - event["start"]) / SAMPLE_RATE)
        finals += [
            (at - event["end"]) / SAMPLE_RATE
            for at, event in events
            if event["type"] == "final" and event["reason"] == "pause"
        ]
        if arguments.verbose:
            print(f"{name}\n  said  {normalised(reference)}\n  heard {normalised(text)}")
    cpu = time.process_time() - started
    print(
        f"{arguments.recogniser}: WER {words.rate:.1f} % CER {characters.rate:.1f} % of "
        f"{words.length} words, {heard_seconds:.0f} s; first partial {median(firsts)}, "
        f"final {median(finals)} in audio time; CPU {cpu / heard_seconds:.2f} s a second; "
        f"decodes {dict(engine.counters)}"
    )


def median(values: Sequence[float]) -> str:
    return f"{1000 * statistics.median(values):.0f} ms" if values else "none"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recogniser", help="moonshine, or the folder of Whisper weights")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--set", nargs="*", default=[], metavar="PARAMETER=VALUE")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
