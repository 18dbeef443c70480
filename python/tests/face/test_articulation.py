"""Visemes become motion: neighbours blend, closures close, the future is not needed."""

import numpy as np
import pytest

from tritone_models.face.articulation import AHEAD, articulate
from tritone_models.face.hearing import AHEAD as HEARS_AHEAD
from tritone_models.face.hearing import BEHIND as HEARS_BEHIND
from tritone_models.face.hearing import Hearing
from tritone_models.face.mouth_shape import (
    JAW,
    PRESS,
    REST,
    ROUND,
    SHAPES,
    TUCK,
    UPPER,
    WIDE,
    openness,
)
from tritone_models.lips.visemes import VISEMES, Viseme

RATE = 16_000
FRAME = RATE // 25


def said(*names: str, ms: int = 120, begin_ms: int = 200) -> list[Viseme]:
    step, begin = ms * RATE // 1000, begin_ms * RATE // 1000
    return [Viseme(n, begin + k * step, begin + (k + 1) * step) for k, n in enumerate(names)]


def test_every_viseme_has_a_shape():
    assert set(SHAPES) == set(VISEMES)


@pytest.mark.parametrize("phase", range(0, FRAME, 80))
@pytest.mark.parametrize("ms", [20, 40, 90])
def test_some_frame_shows_lips_that_touch_however_short_the_closure(phase: int, ms: int):
    before, after = said("aa", ms=150), said("aa", ms=150, begin_ms=350 + ms)
    closure = Viseme("PP", before[0].end, after[0].start)
    spoken = [*before, closure, *after]
    near = range(phase + before[0].start + FRAME, after[0].end - 2 * FRAME, FRAME)
    shown = [articulate(spoken, sample) for sample in near]
    closest = min(shown, key=openness)
    assert openness(closest) < 0.02
    assert closest[PRESS] > 0.9


def test_lips_are_closed_while_a_closure_lasts_and_open_after_it():
    spoken = said("aa", "PP", "aa")
    held = [articulate(spoken, s) for s in range(spoken[1].start, spoken[1].end, 160)]
    assert max(map(openness, held)) < 0.01
    assert openness(articulate(spoken, spoken[2].start + 1600)) > 0.5


def test_the_lower_lip_is_under_the_teeth_for_an_f():
    spoken = said("O", "FF", "aa")
    middle = articulate(spoken, (spoken[1].start + spoken[1].end) // 2)
    assert middle[TUCK] > 0.9
    assert middle[UPPER] > 0.3


def test_the_mouth_is_open_for_an_ah_in_its_middle():
    spoken = said("DD", "aa", "nn")
    assert articulate(spoken, (spoken[1].start + spoken[1].end) // 2)[JAW] > 0.75


def test_lips_round_before_a_rounded_vowel_begins():
    spoken, unrounded = said("SS", "U"), said("SS", "I")
    before = spoken[1].start - 320
    assert articulate(spoken, before)[ROUND] > 0.1
    assert articulate(unrounded, before)[WIDE] > articulate(spoken, before)[WIDE]


def test_the_mouth_rests_before_the_first_and_from_the_end_of_the_last_viseme():
    spoken = said("aa", "I")
    assert (articulate(spoken, spoken[0].start - 1600) == REST).all()
    assert (articulate(spoken, spoken[-1].end) == REST).all()
    assert (articulate([], 4000) == REST).all()


def test_nothing_jumps():
    rng = np.random.default_rng(4)
    spoken = said(*rng.choice(VISEMES, 40), ms=70)
    shown = np.array([articulate(spoken, s) for s in range(0, 3 * RATE, 160)])
    assert np.abs(np.diff(shown, axis=0)).max() < 0.36  # in 10 ms


def test_what_begins_after_the_lookahead_changes_nothing():
    rng = np.random.default_rng(5)
    spoken = said(*rng.choice(VISEMES, 40), ms=65)
    for sample in range(0, 3 * RATE, 500):
        known = [viseme for viseme in spoken if viseme.start < sample + AHEAD]
        assert np.abs(articulate(spoken, sample) - articulate(known, sample)).max() < 1e-9


def tone(*formants: float) -> np.ndarray:
    """A second of a voice at 120 Hz through resonances in a row (Fant 1960); INT16."""
    t = np.arange(RATE) / RATE
    total = np.zeros(len(t))
    for frequency in range(120, 5000, 120):
        gain = (120 / frequency) ** 1.2
        for formant in formants:
            ratio = frequency / formant
            gain /= np.hypot(1 - ratio**2, ratio * (60 + 0.04 * formant) / formant)
        total += gain * np.sin(2 * np.pi * frequency * t)
    return (total / np.abs(total).max() * 9000).astype(np.int16)


AH, EE, OO = tone(750, 1200, 2500), tone(290, 2250, 3000), tone(310, 800, 2400)


def heard(audio: np.ndarray) -> np.ndarray:
    """The last of the mouths at 25 a second."""
    hearing = Hearing()
    padded = np.concatenate([np.zeros(HEARS_BEHIND, np.int16), audio])
    for at in range(0, len(audio) - HEARS_AHEAD, FRAME):
        window = padded[at : at + HEARS_BEHIND + HEARS_AHEAD]
        mouth = hearing.hear(window, HEARS_BEHIND)
    return mouth


def test_an_ah_opens_the_jaw_an_ee_spreads_and_an_oo_rounds_the_lips():
    ah, ee, oo = heard(AH), heard(EE), heard(OO)
    assert ah[JAW] > 1.5 * max(ee[JAW], oo[JAW])
    assert ee[WIDE] > 0.5 > oo[WIDE]
    assert oo[ROUND] > 0.5 > ee[ROUND]


def test_a_soft_voice_opens_the_mouth_as_a_loud_one():
    assert openness(heard(AH // 8)) == pytest.approx(openness(heard(AH)), abs=0.08)


def test_silence_and_faint_noise_keep_it_closed():
    noise = np.random.default_rng(2).normal(0, 3, RATE).astype(np.int16)
    assert openness(heard(np.zeros(RATE, np.int16))) == 0
    assert openness(heard(noise)) < 0.02


def test_it_closes_within_a_fifth_of_a_second_of_silence():
    assert openness(heard(np.concatenate([AH, np.zeros(RATE // 5 + HEARS_AHEAD, np.int16)]))) < 0.05
