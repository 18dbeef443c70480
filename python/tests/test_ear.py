"""Where utterances begin and end."""

import numpy as np
import pytest

from tritone_models.speech.ear import Ear
from tritone_models.speech.hypothesis import SAMPLE_RATE
from tritone_models.speech.policy import Policy
from tritone_models.speech.utterance import FRAME, Utterance

SILENT = np.zeros(FRAME, np.float32)
VOICED = np.full(FRAME, 0.1, np.float32)


def listen(ear: Ear, *stretches: tuple[float, float]) -> list[Utterance]:
    """(seconds, probability) stretches; returns the utterances that ended."""
    ended = []
    for seconds, probability in stretches:
        for _ in range(round(seconds * SAMPLE_RATE / FRAME)):
            frame = VOICED if probability > 0.3 else SILENT
            utterance = ear.hear(frame, probability)
            if utterance is not None:
                ended.append(utterance)
    return ended


def silence_until_the_end(voiced: float, policy: Policy) -> float:
    ear = Ear(policy)
    listen(ear, (1, 0.0), (voiced, 1.0))
    for frames in range(100):
        if ear.hear(SILENT, 0.0) is not None:
            return (frames + 1) * FRAME / SAMPLE_RATE
    raise AssertionError("it never ended")


@pytest.mark.parametrize(("voiced", "pause"), [(0.5, 0.6), (2.0, 0.4), (6.0, 0.25)])
def test_short_speech_waits_longer_for_more_and_long_speech_less(voiced: float, pause: float):
    measured = silence_until_the_end(voiced, Policy())
    assert measured == pytest.approx(pause, abs=0.51 * FRAME / SAMPLE_RATE)


def test_an_utterance_reaches_back_before_its_onset():
    ear = Ear(Policy())
    listen(ear, (1, 0.0), (1, 1.0))
    assert ear.utterance is not None
    onset = round(SAMPLE_RATE / FRAME) * FRAME
    assert onset - 0.35 * SAMPLE_RATE <= ear.utterance.start <= onset - 0.25 * SAMPLE_RATE


def test_one_loud_frame_is_no_onset():
    ear = Ear(Policy())
    listen(ear, (0.5, 0.0), (FRAME / SAMPLE_RATE, 1.0), (0.5, 0.0))
    assert ear.utterance is None


def test_between_the_thresholds_speech_goes_on_but_does_not_begin():
    ear = Ear(Policy())
    assert listen(ear, (2, 0.4)) == []
    assert ear.utterance is None
    assert listen(ear, (1, 1.0), (2, 0.4)) == []
    assert ear.utterance is not None


def test_a_breath_does_not_break_a_pause_that_has_begun_but_speech_does():
    def ended_after(probability: float) -> float:
        ear = Ear(Policy())
        listen(ear, (1, 0.0), (2, 1.0), (0.2, 0.1), (0.1, probability))
        for frames in range(100):
            if ear.hear(SILENT, 0.1) is not None:
                return 0.3 + (frames + 1) * FRAME / SAMPLE_RATE
        raise AssertionError("it never ended")

    assert ended_after(0.45) == pytest.approx(0.4, abs=0.05)
    assert ended_after(0.55) == pytest.approx(0.7, abs=0.05)


def test_an_onset_takes_along_a_faint_word_that_is_nearer_than_a_pause():
    ear = Ear(Policy())
    listen(ear, (1, 0.0), (0.3, 0.3), (0.35, 0.0), (0.2, 1.0))
    assert ear.utterance is not None
    assert 0.85 * SAMPLE_RATE <= ear.utterance.start <= 1.0 * SAMPLE_RATE


@pytest.mark.parametrize(("faint", "silence"), [(0.3, 0.6), (0.15, 0.35)])
def test_what_is_further_or_fainter_is_left_behind(faint: float, silence: float):
    ear = Ear(Policy())
    listen(ear, (1, 0.0), (0.3, faint), (silence, 0.0), (0.2, 1.0))
    assert ear.utterance is not None
    assert ear.utterance.start >= (1.3 + silence - 0.4) * SAMPLE_RATE


def test_faint_speech_begins_nothing_and_holds_settled_back_for_a_second_at_most():
    ear = Ear(Policy())
    for _ in range(10):
        assert listen(ear, (1, 0.45)) == []
        assert ear.utterance is None
        assert ear.position - ear.settled <= 1.4 * SAMPLE_RATE
    listen(ear, (1, 0.0))
    assert ear.position - ear.settled <= 0.35 * SAMPLE_RATE


def test_an_utterance_never_reaches_back_into_the_one_before():
    ear = Ear(Policy(preroll_seconds=2.0))
    (first,) = listen(ear, (1, 0.0), (1, 1.0), (0.5, 0.0), (0.5, 1.0))
    assert ear.utterance is not None
    assert ear.utterance.start >= first.end


def test_settled_never_runs_ahead_of_the_next_utterance():
    ear = Ear(Policy())
    for seconds, probability in [(0.7, 0.0), (1, 1.0), (0.6, 0.0), (0.2, 1.0), (3, 0.3), (1, 1.0)]:
        for _ in range(round(seconds * SAMPLE_RATE / FRAME)):
            before = ear.settled
            ear.hear(VOICED if probability else SILENT, probability)
            assert ear.settled >= before
            if ear.utterance is not None:
                assert ear.utterance.start >= before


def test_the_cut_is_where_it_is_quietest():
    ear = Ear(Policy(limit_seconds=2.0))
    listen(ear, (1.3, 1.0))
    for _ in range(3):
        ear.hear(SILENT, 1.0)
    (cut,) = listen(ear, (0.8, 1.0))
    assert cut.ended == "limit"
    assert abs(cut.end - 1.3 * SAMPLE_RATE) < 3 * FRAME
    assert ear.utterance is not None
    assert ear.utterance.start == cut.end


def test_audio_given_to_a_worker_does_not_change_while_more_arrives():
    utterance = Utterance(1, 0)
    for _ in range(10):
        utterance.append(VOICED, 1.0)
    view = utterance.audio()
    before = view.copy()
    for _ in range(200):
        utterance.append(SILENT, 0.0)
    utterance.split(5 * FRAME, 2)
    assert np.array_equal(view, before)


def test_silence_that_is_known_of_ends_an_utterance_before_it_is_heard():
    ear = Ear(Policy())
    listen(ear, (1, 0.0), (2, 1.0), (0.2, 0.0))
    assert ear.utterance is not None
    silence = ear.utterance.silence
    missing = round(0.4 * SAMPLE_RATE) - FRAME // 2 - silence
    assert ear.expect(missing - 1) is None
    ended = ear.expect(missing)
    assert ended is not None
    assert ended.ended == "pause"
    assert ended.silence == silence
    assert ear.expect(SAMPLE_RATE) is None


def test_what_is_heard_then_counts_and_not_what_was_known_of():
    ear = Ear(Policy())
    listen(ear, (1, 0.0), (2, 1.0), (0.2, 0.0))
    ear.expect(round(0.1 * SAMPLE_RATE))
    assert listen(ear, (0.15, 0.0)) == []
    assert len(listen(ear, (0.1, 0.0))) == 1


def test_speech_right_after_an_end_that_was_known_of_is_a_new_utterance_with_all_its_sound():
    ear = Ear(Policy())
    listen(ear, (1, 0.0), (2, 1.0), (0.2, 0.0))
    ended = ear.expect(SAMPLE_RATE)
    assert ended is not None
    listen(ear, (0.1, 0.0), (1, 1.0))
    assert ear.utterance is not None
    assert ended.end <= ear.utterance.start <= ended.end + 0.1 * SAMPLE_RATE
