"""The subset of SSML."""

import pytest

from tests.text.spoken import clauses_of, spoken, written


def pauses(text: str) -> list[tuple[int, int]]:
    """(words, pause) of each clause."""
    return [(len(clause.words), clause.pause_ms_after) for clause in clauses_of(text)]


@pytest.mark.parametrize(
    ("tag", "pause_ms"),
    [
        ('<break time="500ms"/>', 500),
        ("<break time='1.5s' />", 1500),
        ('<break strength="x-strong"/>', 1200),
        ("<break/>", 400),
        ('<break time="soon"/>', 400),
        ('<break time="999s"/>', 10_000),
        ('<break time="1s"></break>', 1000),
    ],
)
def test_a_break_ends_the_clause_and_says_how_long(tag: str, pause_ms: int):
    assert pauses(f"one two {tag} three") == [(2, pause_ms), (1, 0)]


def test_a_break_of_no_strength_is_none():
    assert pauses('one <break strength="none"/> two') == [(2, 0)]


def test_a_break_after_a_sentence_that_has_left_adds_what_is_missing():
    assert pauses('One. <break time="1s"/> Two') == [(1, 300), (0, 700), (1, 0)]
    assert pauses('One. <break time="100ms"/> Two') == [(1, 300), (1, 0)]


def test_a_break_may_come_first():
    assert pauses('<break time="1s"/>One') == [(0, 1000), (1, 0)]


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        ("slow", 0.8),
        ("80%", 0.8),
        ("1.25", 1.25),
        ("+20%", 1.2),
        ("-50%", 0.5),
        ("900%", 2.0),
        ("", 1.0),
    ],
)
def test_a_rate_counts_for_what_it_encloses(value: str, rate: float):
    clauses = clauses_of(f'before <prosody rate="{value}">within</prosody> after')
    rates = {word.text: clause.rate for clause in clauses for word in clause.words}
    assert rates == {"before": 1.0, "within": rate, "after": 1.0}


def test_rates_nest_and_an_end_without_a_beginning_is_ignored():
    text = (
        '</prosody><prosody rate="slow">a <prosody rate="fast">b</prosody> c</prosody></prosody> d'
    )
    rates = [clause.rate for clause in clauses_of(text)]
    assert rates == [0.8, 1.25, 0.8, 1.0]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("cardinal", "12", "twelve"),
        ("ordinal", "12", "twelfth"),
        ("characters", "AB-2", "A-B-dash-two"),
        ("characters", "a", "eigh"),
        ("digits", "2026", "two zero two six"),
        ("telephone", "080-2345", "zero eight zero, two three four five"),
        ("date", "2026-11-23", "twenty third November twenty twenty six"),
        ("time", "10:05", "ten oh five"),
        ("currency", "$2.50", "two dollars fifty cents"),
        ("date", "some day", "some day"),
        ("unheard-of", "12", "twelve"),
    ],
)
def test_say_as_says_it_so(kind: str, text: str, said: str):
    assert spoken(f'<say-as interpret-as="{kind}">{text}</say-as>') == said


def test_what_is_said_as_characters_is_one_word_of_its_clause():
    [clause] = clauses_of('code <say-as interpret-as="characters">A. B</say-as> only')
    assert [word.text for word in clause.words] == ["code", "A. B", "only"]


def test_paragraphs_and_sentences_end_clauses():
    assert pauses("<speak><p><s>one</s><s>two</s></p>three</speak>") == [
        (1, 300),
        (1, 300),
        (1, 300),
    ]
    assert pauses("one\n\ntwo") == [(1, 500), (1, 0)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a < b", ["a b"]),
        ("a <b and c> d", ["a b and c d"]),
        ("hel<b>lo</b> <unknown x='1'>you</unknown>", ["hello you"]),
        ("<!-- not this --><?xml version='1.0'?>this", ["this"]),
        ("<break", ["break"]),
        ('<say-as interpret-as="digits', ["say-as interpret-as digits"]),
        ("Tom &amp; Jerry &lt;b&gt; &#233; &nbsp;end", ["Tom & Jerry b é end"]),
        ("R&D &unheardof; & &", ["R & D & unheardof;", "& &"]),
    ],
)
def test_what_is_no_markup_is_text(text: str, read: list[str]):
    assert written(text) == read
