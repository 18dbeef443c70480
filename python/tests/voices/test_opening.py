"""Where a slow voice cuts the first clause."""

import pytest

from bench.voices import clauses_of
from tests.voices.stage import LevelVoice, Stage
from tritone_models.text import Clause, SpokenToken
from tritone_models.voices.opening import opening


def clause(text: str) -> Clause:
    tokens, at = [], 0
    for word in text.split():
        bare = word.rstrip(",.")
        tokens.append(SpokenToken(bare, at, at + len(bare), bare, word[len(bare) :]))
        at += len(word) + 1
    return Clause(tuple(tokens), 300, 1.0)


@pytest.mark.parametrize(
    ("language", "text", "begins"),
    [
        ("en", "The meeting starts at nine this evening.", "The meeting starts"),
        ("en", "Please put them behind the big door.", "Please put them"),
        ("en", "Hello, my friends of old.", "Hello"),
        ("en", "He went out of the house again.", "He went out"),
        ("hi", "आज की बैठक में आपका स्वागत है।", "आज की बैठक में"),
        ("hi", "हम घर पर ही चलेंगे न।", "हम घर पर"),
        ("fr", "Mon frère travaille dans un magasin.", "Mon frère travaille"),
    ],
)
def test_the_cut_lies_where_one_breathes(language: str, text: str, begins: str):
    whole = clause(text)
    first, rest = opening(whole, language)
    assert " ".join(token.text for token in first.words) == begins
    assert (*first.words, *rest.words) == whole.words
    assert (first.pause_ms_after, rest.pause_ms_after) == (0, 300)


@pytest.mark.parametrize(
    "text", ["Good morning.", "Many thanks, friend.", "Fresh bread tastes best today."]
)
def test_what_is_short_or_has_no_such_place_stays_whole(text: str):
    assert opening(clause(text), "en") is None


def test_a_pause_has_no_beginning():
    assert opening(Clause((), 500, 1.0), "en") is None


def test_only_who_hears_nothing_gets_a_short_clause():
    text = "The meeting starts at nine today. The minutes follow at noon tomorrow. "
    stage = Stage(LevelVoice(is_slow=True))
    client = stage.open()
    client.write(text)
    client.end()
    stage.catch_up()
    said = [words for words, _ in stage.voice.said]
    assert said[0] == "The meeting starts"
    assert said[-1] == " ".join(token.text for token in clauses_of(text, "en")[-1].words)
    assert client.words == text.replace(".", "").split()
    quick = Stage(LevelVoice())
    quick.open().write(text)
    quick.catch_up()
    assert quick.voice.said[0][0] != "The meeting starts"
