"""What a client of a voice hears, and when."""

import pytest

from tests.voices.stage import RATE, LevelVoice, Stage
from tritone_models.voices.problems import VoiceError

BOOK = "This sentence is said again and again. " * 400


def test_a_clause_is_spoken_while_the_text_after_it_is_held_back():
    stage = Stage()
    client = stage.open()
    client.write("Good morning to you all, my friends. The rest")
    stage.catch_up()
    assert client.words[:4] == ["Good", "morning", "to", "you"]
    assert "rest" not in client.words
    client.write(" comes.")
    client.end()
    stage.catch_up()
    assert client.words[-3:] == ["The", "rest", "comes"]
    assert client.closed == 1


@pytest.mark.parametrize("size", [1, 3, 17])
def test_every_word_is_said_once_however_the_text_is_cut(size: int):
    text = "One two, three four five. Six seven: eight! Nine ten eleven twelve"
    stage = Stage()
    client = stage.open()
    for at in range(0, len(text), size):
        client.write(text[at : at + size])
        stage.catch_up()
    client.end()
    stage.catch_up()
    assert [word.strip(".,:!") for word in client.words] == [
        word.strip(".,:!") for word in text.split()
    ]


def test_chunks_are_short_follow_each_other_and_hold_the_words_that_begin_in_them():
    stage = Stage()
    client = stage.open()
    client.write("First a clause of a few words. Then another one.")
    client.end()
    stage.catch_up()
    at = 0
    for chunk in client.chunks:
        assert chunk.start == chunk.timing["start"] == at
        assert 0 < len(chunk.pcm) <= RATE / 10
        at += len(chunk.pcm)
        for word in chunk.timing["words"]:
            assert chunk.start <= word["samples"][0] < at
        for name, start, end in chunk.timing["visemes"]:
            assert name == "aa"
            assert chunk.start <= start < at
            assert end > start
    assert len(client.words) == 10


def test_words_stand_where_they_were_written():
    text = "Hello there, wide world."
    stage = Stage()
    client = stage.open()
    client.write(text[:9])
    client.write(text[9:])
    client.end()
    stage.catch_up()
    words = [word for chunk in client.chunks for word in chunk.timing["words"]]
    assert [text[slice(*word["char"])] for word in words] == [word["text"] for word in words]


def test_flush_speaks_what_is_no_clause_yet():
    stage = Stage()
    client = stage.open()
    client.write("No end in")
    stage.catch_up()
    assert client.words == []
    client.write(" sight", flush=True)
    stage.catch_up()
    assert client.words == ["No", "end", "in", "sight"]


def test_the_client_is_held_back_while_more_than_two_clauses_wait():
    stage = Stage()
    client = stage.open()
    for _ in range(6):
        client.write("A sentence of some words is here. ")
    assert stage.engine.work_round()
    assert len(client.acknowledged) < 6
    held = len(client.acknowledged)
    assert stage.engine.work_round()
    assert len(client.acknowledged) > held
    stage.catch_up()
    assert client.acknowledged == [0, 1, 2, 3, 4, 5]


def test_a_book_is_cut_into_few_clauses_at_a_time():
    stage = Stage()
    client = stage.open()
    client.write(BOOK)
    most = 0
    while stage.engine.work_round():
        most = max(most, len(client.session.clauses))
    assert most < 20
    assert client.acknowledged == [0]
    client.end()
    stage.catch_up()
    assert len(client.words) == len(BOOK.split())


def test_no_more_is_sent_than_can_be_heard_soon():
    stage = Stage(ahead_seconds=2.0)
    client = stage.open()
    client.write(BOOK)
    stage.catch_up()
    assert 2.0 <= client.samples / RATE <= 2.2
    assert client.acknowledged == []
    stage.now += 1.0
    stage.catch_up()
    assert 3.0 <= client.samples / RATE <= 3.2


def test_whose_sound_runs_out_first_is_spoken_for_first():
    stage = Stage()
    early, late = stage.open(), stage.open()
    early.write("One is here now, friends. Two is here now, friends. Three is here now, friends. ")
    stage.engine.work_round()
    stage.engine.work_round()
    late.write("Four is here now, friends. ")
    stage.engine.work_round()
    assert late.words[:1] == ["Four"]
    said = [text for text, _ in stage.voice.said]
    assert not any(text.startswith("Three") for text in said)


def test_a_client_that_left_costs_no_further_clause():
    stage = Stage()
    client = stage.open()
    client.write(BOOK)
    stage.engine.work_round()
    said = len(stage.voice.said)
    stage.engine.abandon(client.session)
    stage.catch_up()
    assert len(stage.voice.said) == said
    assert client.closed == 1
    assert client.acknowledged == [0]


def test_text_without_letters_makes_no_sound_and_no_error():
    stage = Stage()
    client = stage.open()
    client.write(" … — !")
    client.end()
    stage.catch_up()
    assert (client.chunks, client.failed, client.closed) == ([], [], 1)


def test_a_script_that_the_voice_cannot_read_ends_the_sequence_by_its_code():
    stage = Stage()
    client = stage.open(language="en")
    client.write("नमस्ते, आप कैसे हैं? ")
    stage.catch_up()
    (error,) = client.failed
    assert isinstance(error, VoiceError)
    assert str(error).startswith("[voice.unreadable_text] ")
    assert client.acknowledged == [0]


def test_a_failure_of_the_network_is_its_clients_alone():
    stage = Stage(LevelVoice(fails_at="broken"))
    unlucky, lucky = stage.open(), stage.open()
    unlucky.write("This is broken, sadly. ")
    lucky.write("This is whole, luckily. ")
    lucky.end()
    stage.catch_up()
    assert len(unlucky.failed) == 1
    assert lucky.words[-1].startswith("luckily")
    assert lucky.closed == 1


def test_speed_and_prosody_multiply_within_bounds():
    stage = Stage()
    client = stage.open(speed=1.5)
    client.write('<prosody rate="120%">A bit faster.</prosody> ')
    client.write('<prosody rate="200%">Much too fast.</prosody>')
    client.end()
    stage.catch_up()
    assert [round(speed, 2) for _, speed in stage.voice.said] == [1.8, 2.0]


def test_a_pause_is_silence_of_its_length():
    stage = Stage()
    client = stage.open()
    client.write('Wait. <break time="2s"/> Go on.')
    client.end()
    stage.catch_up()
    words = [word for chunk in client.chunks for word in chunk.timing["words"]]
    gap = words[1]["samples"][0] - words[0]["samples"][1]
    assert gap / RATE == pytest.approx(2.0, abs=0.45)
