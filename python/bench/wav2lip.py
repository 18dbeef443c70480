"""How long Wav2Lip draws on this machine: the network alone, and mouths with all around it.

The weights are random, of the true shapes: they do not change the time.

    python -m bench.wav2lip
"""

import os
import threading
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from onnxruntime import InferenceSession

from tests.lip_sync import checkpoints, faces
from tritone_models.lips.model import DrawRequest
from tritone_models.recognisers.onnx_session import open_session
from tritone_models.wav2lip.layers import MASKED_ROW
from tritone_models.wav2lip.mel import AHEAD, BEHIND
from tritone_models.wav2lip.model import Wav2Lip
from tritone_models.wav2lip.network import build

BATCHES = (1, 4, 8)
ROUNDS = 15
SECONDS = 5.0


def main() -> None:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    print(f"{cores} cores, load average {load:.1f} before")
    weights = checkpoints.random_weights()
    print("network, one thread: ms of a core a mouth by batch " + ", ".join(map(str, BATCHES)))
    for name, graphs in (
        ("whole picture", build(weights)),
        ("what is shown", build(weights, MASKED_ROW)),
    ):
        look, draw = open_session(graphs.face), open_session(graphs.mouth)
        for part, session in (("face, once a picture", look), ("mouth, every frame", draw)):
            runs = [partial(session.run, None, _inputs(session, batch)) for batch in BATCHES]
            times = [median(run) / batch for run, batch in zip(runs, BATCHES, strict=True)]
            print(f"  {name}, {part}: " + ", ".join(f"{each * 1000:.1f}" for each in times))
    model = Wav2Lip(look, draw, 1, cores)
    face = model.open(faces.prepared(), 25)
    request = DrawRequest(face, 64_000, 0, np.zeros(BEHIND + AHEAD, np.int16))
    print(f"mouth from sound to patch: {median(partial(model.draw, [request])) * 1000:.1f} ms")
    for threads in range(1, cores + 1):
        rate = throughput(model, request, threads)
        print(f"{threads} threads: {rate:.1f} mouths a second, by the clock")


def median(work: Callable[[], object]) -> float:
    """Seconds of this thread's processor, so that other work matters little."""
    times = []
    for _ in range(ROUNDS + 2):
        began = time.thread_time()
        work()
        times.append(time.thread_time() - began)
    return float(np.median(times[2:]))  # two rounds warm up


def throughput(model: Wav2Lip, request: DrawRequest, threads: int) -> float:
    drawn = [0] * threads
    until = time.perf_counter() + SECONDS

    def work(at: int) -> None:
        while time.perf_counter() < until:
            model.draw([request])
            drawn[at] += 1

    running = [threading.Thread(target=work, args=(at,)) for at in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(drawn) / SECONDS


def _inputs(session: InferenceSession, batch: int) -> dict[str, np.ndarray]:
    return {
        each.name: np.full((batch, *each.shape[1:]), 0.5, np.float32)
        for each in session.get_inputs()
    }


if __name__ == "__main__":
    main()
