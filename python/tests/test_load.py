"""Under load partials thin out; finals do not wait and lag does not grow."""

import numpy as np
import pytest

from tests.stage import Client, Stage, ToneRecogniser, quiet, say, understand
from tritone_models.speech.hypothesis import SAMPLE_RATE, DecodeRequest, Hypothesis
from tritone_models.speech.policy import Policy
from tritone_models.speech.schedule import choose, step_seconds

CHUNK = SAMPLE_RATE // 10


def test_a_step_is_the_usual_one_until_the_workers_are_full():
    assert step_seconds(1, 0.1, 2, Policy()) == 0.3
    assert step_seconds(8, 0.1, 2, Policy()) == pytest.approx(0.571, abs=1e-3)


def test_finals_go_before_speculation_and_speculation_before_partials():
    stage = Stage()
    partial, speculative, final = stage.open(), stage.open(), stage.open()
    partial.deliver(say(1, 2))
    speculative.deliver(np.concatenate([say(1, 2), quiet(0.2)]))
    final.deliver(np.concatenate([say(1, 2), quiet(1)]))
    stage.engine.hear_round()
    sessions = [client.session for client in (partial, speculative, final)]
    jobs = choose(sessions, Policy(), 3)
    assert [job.kind for job in jobs] == ["final", "speculative", "partial"]
    assert [job.session for job in jobs] == sessions[::-1]


def test_of_two_partials_the_one_that_waited_longer_goes_first():
    stage = Stage()
    served, waiting = stage.open(), stage.open()
    stage.now = 1.0
    served.send(say(1, 2))
    waiting.deliver(say(1, 2))
    served.deliver(say(3, 4))
    stage.engine.hear_round()
    jobs = choose([served.session, waiting.session], Policy(), 2)
    assert [job.session for job in jobs] == [waiting.session, served.session]


def test_twelve_speakers_on_a_slow_machine_never_lag_and_are_told_what_is_skipped():
    machine = SlowMachine(speakers=12, decode_seconds=0.15)
    early = machine.run(seconds=20)
    late = machine.run(seconds=40)
    assert late <= early + 0.2
    assert max(machine.final_waits) < 1.0
    loads = machine.clients[0].of("load")
    assert loads
    assert loads[-1]["skipped"] > 0
    assert loads[-1]["step_ms"] > 300


def test_an_idle_machine_skips_nothing_and_says_nothing_of_load():
    machine = SlowMachine(speakers=2, decode_seconds=0.01)
    machine.run(seconds=20)
    assert machine.clients[0].of("load") == []
    assert machine.clients[0].session.skipped == 0


class SlowMachine:
    """One worker in virtual time: a decode takes its time, audio comes meanwhile."""

    def __init__(self, speakers: int, decode_seconds: float) -> None:
        self.stage = Stage(ToneRecogniser(self._decode, workers=1))
        self.clients: list[Client] = [self.stage.open() for _ in range(speakers)]
        self.final_waits: list[float] = []
        self._decode_seconds = decode_seconds
        sentence = np.concatenate([say(*range(1, 9)), quiet(0.8)])
        self._audio = [np.roll(sentence, 3_000 * n) for n in range(speakers)]
        self._sent = 0

    def run(self, seconds: float) -> float:
        """Returns how long the partials of the last second were behind their audio."""
        until = self.stage.now + seconds
        while self.stage.now < until:
            self._deliver()
            self.stage.engine.hear_round()
            if not self.stage.engine.work_round():
                self.stage.now += 0.01
        lags = []
        for client in self.clients:
            for event, seen_at in zip(client.events, client.seen_at, strict=True):
                if event["type"] == "partial" and seen_at > until - 5:
                    lags.append(seen_at - event["end"] / SAMPLE_RATE)
                elif event["type"] == "final":
                    self.final_waits.append(seen_at - event["end"] / SAMPLE_RATE)
        return float(np.median(lags))

    def _decode(self, request: DecodeRequest) -> Hypothesis:
        self.stage.now += self._decode_seconds
        return understand(request)

    def _deliver(self) -> None:
        while (self._sent + 1) * CHUNK <= self.stage.now * SAMPLE_RATE:
            for client, audio in zip(self.clients, self._audio, strict=True):
                at = self._sent * CHUNK
                client.deliver(np.take(audio, range(at, at + CHUNK), mode="wrap"))
            self._sent += 1
