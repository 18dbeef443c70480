"""Whose phonemes are whose, and when they are said."""

import shutil

import numpy as np
import pytest

from tritone_models.text import SpokenToken
from tritone_models.voices.espeak_program import EspeakProgram
from tritone_models.voices.espeak_words import LOUD, SILENT, Stretch, marked, stretches
from tritone_models.voices.phone_times import timed_phones
from tritone_models.voices.pronunciation import Pronunciation, share
from tritone_models.voices.symbols import Symbols, spans_of

RATE = 8_000


def token(text: str, punctuation: str = "") -> SpokenToken:
    return SpokenToken(text, 0, len(text), text, punctuation)


class Lexicon:
    """espeak-ng at our interface: says `of the` as one."""

    sounds = {"out": "aʊt", "of": "ʌv", "the": "ðə", "house": "haʊs"}  # noqa: RUF012

    def phonemes(self, phrases: list[str], voice: str) -> list[str]:  # noqa: ARG002
        joined = {"of the": "əvðə"}
        lines = []
        for phrase in phrases:
            words = [self.sounds[word] for word in phrase.split()]
            line = " ".join(words)
            for words_joined, ipa in joined.items():
                line = line.replace(" ".join(self.sounds[w] for w in words_joined.split()), ipa)
            lines.append(line)
        return lines


def test_words_that_are_said_as_one_get_their_own_phonemes():
    tokens = [token("out"), token("of"), token("the"), token("house", ".")]
    spelt = Pronunciation(Lexicon()).spell(tokens, "en")  # type: ignore[arg-type]
    assert [each.phonemes for each in spelt] == ["aʊt", "əv", "ðə", "haʊs"]
    assert [each.punctuation for each in spelt] == ["", "", "", "."]


def test_phonemes_are_shared_where_they_differ_least():
    assert share("ɪnðə", ["ɪn", "ðˈə"]) == ["ɪn", "ðə"]
    assert share("", ["a", "b"]) == ["", ""]
    assert share("abc", []) == []


def test_symbols_know_their_words_and_leave_out_what_the_network_lacks():
    tokens = [token("out"), token("of", ","), token("the")]
    spelt = Pronunciation(Lexicon()).spell(tokens, "en")  # type: ignore[arg-type]
    symbols = Symbols.of(spelt, set("aʊtʌv ə,"))
    assert symbols.text == "aʊt ʌv, ə"
    spans = [(10 * at, 10 * at + 10) for at in range(len(symbols.text))]
    assert spans_of(symbols, spans) == ((0, 30), (40, 60), (80, 90))


def words_of_noise(lengths: list[int], gap: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(plain, loud, silent): the marked ones are later by `gap` at each word after the first."""
    generator = np.random.default_rng(5)
    words = [
        (generator.normal(0, 3_000, length) * np.hanning(length))
        .clip(-9_000, 9_000)
        .astype(np.int16)
        for length in lengths
    ]
    pause = np.zeros(gap, np.int16)
    plain = np.concatenate(words)

    def rendered(factor: float) -> np.ndarray:
        parts = []
        for number, word in enumerate(words):
            if number:
                parts.append(pause)
            parts.append((word * factor).astype(np.int16) if number % 2 else word)
        return np.concatenate(parts)

    return plain, rendered(2.0), rendered(0.0)


def test_words_are_found_where_two_renderings_differ():
    lengths = [1_600, 800, 2_400, 1_200]
    plain, loud, silent = words_of_noise(lengths, gap=80)
    found = stretches(plain, loud, silent, lengths, RATE)
    assert [stretch.words for stretch in found] == [1, 1, 1, 1]
    starts = np.cumsum([0, *lengths[:-1]])
    for stretch, start, length in zip(found, starts, lengths, strict=True):
        assert stretch.span[0] == pytest.approx(start, abs=40)
        assert stretch.span[1] == pytest.approx(start + length, abs=40)


def test_words_that_the_program_joins_share_a_stretch():
    # Three words said as one take the volume of the first of them.
    plain, loud, silent = words_of_noise([1_600, 2_400, 1_200], gap=80)
    found = stretches(plain, loud, silent, [8, 4, 4, 4, 6], RATE)
    assert [stretch.words for stretch in found] == [1, 3, 1]


def test_renderings_that_show_nothing_give_one_stretch_of_all():
    plain = np.full(800, 500, np.int16)
    assert stretches(plain, plain, plain, [3, 3], RATE) == [Stretch(2, (0, 800))]


def test_markup_in_words_is_no_markup():
    assert marked(["a<b", "c&d"], LOUD) == (
        '<speak>a&lt;b <prosody volume="x-loud">c&amp;d</prosody></speak>'
    )


def test_a_hiss_is_found_between_two_vowels():
    seconds = np.arange(RATE // 10) / RATE
    vowel = 0.5 * np.sin(2 * np.pi * 200 * seconds)
    hiss = np.random.default_rng(2).normal(0, 0.05, RATE // 5)
    hiss = np.diff(hiss, prepend=0)
    sound = np.concatenate([vowel, hiss, vowel]).astype(np.float32)
    (phones,) = timed_phones(["asa"], [Stretch(1, (0, len(sound)))], sound, RATE)
    assert [symbol for symbol, _, _ in phones] == ["a", "s", "a"]
    assert phones[1][1] == pytest.approx(RATE // 10, abs=0.03 * RATE)
    assert phones[1][2] == pytest.approx(3 * RATE // 10, abs=0.03 * RATE)
    assert phones[0][1] == 0
    assert phones[-1][2] == len(sound)


def test_words_of_a_stretch_share_its_time_without_a_hole():
    sound = np.random.default_rng(1).normal(0, 0.1, RATE).astype(np.float32)
    first, second = timed_phones(["ab", "ˈiː"], [Stretch(2, (400, 6_400))], sound, RATE)
    assert first[0][1] == 400
    assert first[-1][2] == second[0][1]
    assert second[-1][2] == 6_400


@pytest.fixture
def program() -> EspeakProgram:
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    return EspeakProgram.find()


def test_the_program_answers_a_line_for_each_phrase(program: EspeakProgram):
    lines = program.phonemes(["good morning", "one of the best", ""], "en-us")
    assert len(lines) == 3
    assert lines[0].startswith("ɡˈʊd")
    assert lines[2] == ""


def test_a_foreign_word_leaves_no_mark_of_its_language(program: EspeakProgram):
    (line,) = program.phonemes(["यह computer है"], "hi")
    assert "(" not in line


def test_the_program_is_the_same_to_the_sample_every_time(program: EspeakProgram):
    text = marked(["good", "morning", "friends"], SILENT)
    first = program.sound(text, "en-gb", 150, True)
    assert first == program.sound(text, "en-gb", 150, True)
    assert len(first) > 10_000
