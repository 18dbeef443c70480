"""The score of lips: what moves with the voice scores, what does not does not."""

import numpy as np
import pytest

from bench.lips.agreement import (
    OPENING,
    agreement,
    closures_kept,
    correlation,
    expected_opening,
    loudness,
    shuffled,
    while_spoken,
)
from tritone_models.lips.visemes import VISEMES, Viseme

RATE = 16_000
SHAPES = ("PP", "aa", "SS", "O", "nn", "E", "PP", "I", "kk", "aa", "FF", "U")


def utterance(count: int = 120, seconds: float = 0.09) -> tuple[Viseme, ...]:
    rng = np.random.default_rng(7)
    step = round(seconds * RATE)
    names = rng.choice(SHAPES, count)
    return tuple(Viseme(str(n), at * step, (at + 1) * step) for at, n in enumerate(names))


def frames(visemes: tuple[Viseme, ...], fps: int = 25) -> np.ndarray:
    return np.arange(0, visemes[-1].end / RATE, 1 / fps)


def test_every_viseme_has_an_opening_and_bilabials_have_none():
    assert set(OPENING) == set(VISEMES)
    assert OPENING["PP"] == OPENING["sil"] == 0
    assert max(OPENING, key=OPENING.__getitem__) == "aa"


@pytest.mark.parametrize("late_ms", [-120, 0, 40, 200])
def test_a_mouth_that_does_what_is_told_scores_fully_at_its_own_lag(late_ms: int):
    visemes = utterance()
    expected, seconds = expected_opening(visemes), frames(visemes)
    found = agreement(3 * expected(seconds - late_ms / 1000) + 0.2, seconds, expected)
    assert found.best == pytest.approx(1.0, abs=1e-6)
    assert found.lag_ms == late_ms
    assert found.at_once == pytest.approx(1.0 if late_ms == 0 else found.at_once)
    assert (found.at_once > 0.99) == (late_ms == 0)


def test_a_mouth_that_does_not_move_scores_nothing():
    visemes = utterance()
    seconds = frames(visemes)
    still = agreement(np.full(len(seconds), 0.3), seconds, expected_opening(visemes))
    assert (still.best, still.at_once) == (0.0, 0.0)


def test_shuffled_visemes_score_next_to_nothing_and_keep_their_times():
    visemes = utterance(400)
    other = shuffled(visemes, seed=3)
    assert [(v.start, v.end) for v in other] == [(v.start, v.end) for v in visemes]
    assert sorted(v.name for v in other) == sorted(v.name for v in visemes)
    seconds = frames(visemes)
    drawn = expected_opening(other)(seconds)
    assert agreement(drawn, seconds, expected_opening(visemes)).at_once < 0.2
    assert agreement(drawn, seconds, expected_opening(other)).at_once > 0.99


def test_what_is_expected_is_silence_before_and_after_the_utterance():
    visemes = (Viseme("aa", 8_000, 16_000),)
    expected = expected_opening(visemes)
    np.testing.assert_allclose(expected(np.array([-5.0, 0.2, 1.3, 60.0])), 0)
    assert expected(np.array([0.75]))[0] == pytest.approx(1, abs=1e-3)
    assert expected(np.array([0.5]))[0] == pytest.approx(0.5, abs=0.02)


def test_pauses_do_not_count_as_agreement():
    visemes = (Viseme("aa", 0, 1_600), Viseme("sil", 1_600, 4_800), Viseme("O", 8_000, 9_600))
    seconds = np.array([0.0, 0.05, 0.1, 0.2, 0.4, 0.5, 0.59, 0.6])
    spoken = while_spoken(seconds, visemes)
    assert spoken.tolist() == [True, True, False, False, False, True, True, False]


def test_loudness_follows_the_sound_in_decibels():
    pcm = np.zeros(RATE, np.int16)
    pcm[4_000:8_000] = 20_000
    pcm[8_000:12_000] = 2_000  # 20 dB less
    level = loudness(pcm)(np.array([0.1, 0.35, 0.6, 0.9]))
    np.testing.assert_allclose(level, [0, 1, 0.5, 0], atol=0.02)
    assert (loudness(np.zeros(RATE, np.int16))(np.array([0.5])) <= 1).all()


def test_closures_count_when_the_lips_meet_during_a_bilabial():
    visemes = utterance(seconds=0.12)
    seconds = frames(visemes)
    sharp = np.array(
        [next(OPENING[v.name] for v in visemes if v.start <= at * RATE < v.end) for at in seconds]
    )
    assert closures_kept(sharp, seconds, visemes) == 1.0
    late = np.roll(sharp, 5)
    assert closures_kept(late, seconds, visemes) < 0.7
    assert closures_kept(late, seconds, visemes, lag_seconds=0.2) > 0.95
    ajar = np.maximum(sharp, 0.3)
    assert closures_kept(ajar, seconds, visemes) == 0.0
    assert np.isnan(closures_kept(sharp, seconds, (Viseme("aa", 0, RATE),)))


def test_correlation_of_series_that_do_not_move_is_none():
    assert correlation(np.ones(9), np.arange(9.0)) == 0.0
    assert correlation(np.arange(9.0), np.arange(9.0) * -2) == pytest.approx(-1)
