"""When a clause leaves, and that fragments make no difference."""

import random

import pytest

from tests.text.spoken import clauses_of, written
from tritone_models.text import Clause, ClauseSplitter
from tritone_models.text.pending import LIMIT_CHARACTERS, MAX_MARKS, MAX_WORD_CHARACTERS

TEXTS = {
    "en": (
        "Hello, Dr. Smith! It costs $3.50, e.g. in the U.S. market; see https://example.org/a?b=1. "
        'He said "Stop." A<break time="1s"/> B &amp; C <prosody rate="slow">slowly now</prosody>, '
        "a < b &notanentity; <b>bo</b>ld <p>One.</p>"
        "<say-as interpret-as='digits'>1, 2. 3</say-as>\n\n- item\n1. first 😀 "
        + "and on it goes without a stop "
        * 12
    ),
    "hi": ("नमस्ते, डॉ. शर्मा। १२ नवंबर 2026 को 10:30 बजे ₹1,23,456 मिले? क्षत्रिय <break/> ठीक है।"),
    "ur": "السلام علیکم، آپ کیسے ہیں؟ قیمت ₹500 ہے۔ شکریہ",
    "ta": "விலை ₹1,23,456 ஆகும். 12/11/2026 அன்று 25% மற்றும் 5 km.",
}


def in_fragments(text: str, language: str, sizes: random.Random) -> list[Clause]:
    splitter = ClauseSplitter(language)
    clauses: list[Clause] = []
    while text:
        size = sizes.randint(1, 9)
        clauses += splitter.feed(text[:size])
        text = text[size:]
    return clauses + splitter.flush()


@pytest.mark.parametrize("language", TEXTS)
def test_fragments_make_no_difference(language: str):
    text = TEXTS[language]
    whole = clauses_of(text, language)
    assert in_fragments(text, language, random.Random(99)) == whole
    for seed in range(20):
        assert in_fragments(text, language, random.Random(seed)) == whole


@pytest.mark.parametrize("seed", range(40))
def test_nonsense_is_read_too_and_fragments_make_no_difference(seed: int):
    choice = random.Random(seed)
    alphabet = "ab1.,!?<>/&;=\"' \n-–—…।क्\u200dé😀₹%:@#*()٣s"
    words = [
        "<break/>",
        "</p>",
        "<prosody rate='fast'>",
        "&lt;",
        "3.14",
        "Dr.",
        " 5 km ",
        "</speak>",
    ]
    text = "".join(choice.choice([*alphabet, *words]) for _ in range(400))
    assert in_fragments(text, "en", choice) == clauses_of(text)


@pytest.mark.parametrize("language", TEXTS)
def test_offsets_point_at_the_text_of_each_word_in_order(language: str):
    text = TEXTS[language]
    place = 0
    for clause in clauses_of(text, language):
        for word in clause.words:
            assert place <= word.char_start < word.char_end
            place = word.char_end
            source = text[word.char_start : word.char_end]
            assert source.replace("&amp;", "&").replace("<b>", "").replace("</b>", "") == word.text
    assert place > len(text) * 0.8


def test_offsets_go_on_after_a_flush():
    splitter = ClauseSplitter("en")
    splitter.feed("One.")
    splitter.flush()
    splitter.feed(" two")
    [clause] = splitter.flush()
    assert [(word.text, word.char_start) for word in clause.words] == [("two", 5)]


@pytest.mark.parametrize("text", ["Hello there! ", "Hello there. ", "Really?", "नमस्ते।", "ٹھیک ہے۔"])
def test_a_sentence_leaves_with_its_end(text: str):
    splitter = ClauseSplitter("hi")
    assert len(splitter.feed(text)) == 1
    assert splitter.flush() == []


def test_a_full_stop_waits_for_white_space_or_the_end_of_the_text():
    splitter = ClauseSplitter("en")
    assert splitter.feed("Pi is 3.") == []
    assert splitter.feed("14.") == []
    assert [len(clause.words) for clause in splitter.feed(" ")] == [3]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Dr. Rao met Mr. J. K. Bose. They talked.",
            ["Dr. Rao met Mr. J. K. Bose.", "They talked."],
        ),
        ("Fruit, e.g. figs. Good.", ["Fruit, e.g. figs.", "Good."]),
        ("We eat bread etc. at noon. Now.", ["We eat bread etc. at noon.", "Now."]),
        ("We eat bread etc. Then sleep.", ["We eat bread etc.", "Then sleep."]),
        ("Pi is 3.14 or so. Yes.", ["Pi is 3.14 or so.", "Yes."]),
        ("Go to example.com/a.html?x=1! Now.", ["Go to example.com/a.html?x=1!", "Now."]),
        ("It was I. You know.", ["It was I.", "You know."]),
        ('She said "No." He left.', ["She said No.", "He left."]),
        ("We met at 5 p.m. on Monday.", ["We met at 5 p.m. on Monday."]),
        ("1. Wash it.\n2. Dry it", ["1. Wash it.", "2. Dry it"]),
        ("# Title\nBody\n- one\n- two", ["Title", "Body", "one", "two"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]):
    assert written(text) == sentences


def test_the_first_clause_is_short_and_later_ones_keep_their_commas():
    text = "Good morning everyone, welcome to the call, which begins now, as promised. "
    assert written(text * 2) == [
        "Good morning everyone,",
        "welcome to the call, which begins now, as promised.",
        "Good morning everyone, welcome to the call, which begins now,",
        "as promised.",
    ]


def test_after_a_flush_the_first_clause_is_short_again():
    splitter = ClauseSplitter("en")
    splitter.feed("That is all. ")
    splitter.flush()
    assert len(splitter.feed("Good morning everyone, welcome ")) == 1


def test_a_long_text_without_marks_is_cut_between_words_and_not_beside_a_number():
    text = "the train ran for 120 km over hills " * 20
    clauses = clauses_of(text)
    assert [word.text for clause in clauses for word in clause.words] == (
        ["the", "train", "ran", "for", "120 km", "over", "hills"] * 20
    )
    assert (
        max(sum(len(word.text) for word in clause.words) for clause in clauses) < LIMIT_CHARACTERS
    )
    assert len(clauses) < 8


@pytest.mark.parametrize(
    "text", ["x", "क्", "<", "<a ", "&amp", "7", ".", "(", "a\u0301", " ", "\n", "a."]
)
def test_what_is_held_is_bounded_however_long_a_fragment_is(text: str):
    splitter = ClauseSplitter("en")
    splitter.feed(text * (100_000 // len(text)))
    left = splitter.flush()
    held = sum(len(word.text) for clause in left for word in clause.words)
    assert held <= LIMIT_CHARACTERS + MAX_WORD_CHARACTERS + MAX_MARKS


def test_a_word_without_end_is_cut_between_letters_not_before_their_signs():
    words = [word.text for clause in clauses_of("कि" * 300, "hi") for word in clause.words]
    assert "".join(words) == "कि" * 300
    assert {len(word) % 2 for word in words} == {0}


def test_a_text_without_words_says_nothing():
    assert clauses_of("") == clauses_of("  \n\n ") == clauses_of("😀 … **—** !?") == []
