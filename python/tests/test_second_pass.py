"""Finals that a bigger recogniser hears again."""

import numpy as np
import pytest

from tests.stage import Stage, ToneRecogniser, quiet, say, understand
from tritone_models.speech.hypothesis import DecodeRequest, Hypothesis

SENTENCE = np.concatenate([say(1, 2), quiet(1)])


def better(_: DecodeRequest) -> Hypothesis:
    return Hypothesis("one, two!", "en", log_probability=-0.1)


def test_a_better_text_is_a_final_of_a_higher_revision():
    client = Stage(second=ToneRecogniser(better)).open()
    client.send(SENTENCE)
    first, second = client.of("final")
    assert (first["text"], second["text"]) == ("one two", "one, two!")
    assert second["utterance"] == first["utterance"]
    assert second["revision"] == first["revision"] + 1


def test_the_same_text_is_not_told_again():
    client = Stage(second=ToneRecogniser(understand)).open()
    client.send(SENTENCE)
    assert client.texts("final") == ["one two"]


def test_live_speech_goes_first():
    second = ToneRecogniser(better)
    stage = Stage(second=second)
    settled, speaking = stage.open(), stage.open()
    settled.deliver(SENTENCE)
    stage.engine.hear_round()
    stage.engine.work_round()
    speaking.deliver(say(3, 4))
    stage.engine.hear_round()
    assert stage.engine.work_round()
    assert second.requests == []
    stage.catch_up()
    assert len(second.requests) == 1


def test_a_sequence_that_ended_stays_open_for_it_but_not_for_long():
    stage = Stage(second=ToneRecogniser(better), second_pass_seconds=3.0)
    client = stage.open()
    client.deliver(SENTENCE)
    stage.engine.end(client.session)
    stage.engine.hear_round()
    assert stage.engine.work_round()
    assert client.texts("final") == ["one two"]
    assert client.closed == 0
    stage.now += 3.1
    stage.engine.hear_round()
    assert client.closed == 1
    stage.catch_up()
    assert client.texts("final") == ["one two"]


def test_a_sequence_closes_as_soon_as_its_second_opinions_are_in():
    client = Stage(second=ToneRecogniser(better)).open()
    client.send(say(1, 2))
    client.end()
    assert client.texts("final") == ["one two", "one, two!"]
    assert client.closed == 1


def test_too_many_waiting_keep_their_first_text():
    stage = Stage(second=ToneRecogniser(better))
    client = stage.open(partials=False)
    client.deliver(np.concatenate([SENTENCE] * 12))
    stage.engine.hear_round()
    stage.catch_up()
    assert client.texts("final").count("one two") == 12
    assert client.texts("final").count("one, two!") == 8


def test_languages_that_the_second_does_not_know_are_left_alone():
    second = ToneRecogniser(better, languages=("fr",))
    Stage(second=second).open().send(SENTENCE)
    assert second.requests == []


def test_a_second_recogniser_that_fails_harms_nobody(capsys: pytest.CaptureFixture):
    def fail(_: DecodeRequest) -> Hypothesis:
        raise RuntimeError("too big")

    client = Stage(second=ToneRecogniser(fail)).open()
    client.send(SENTENCE)
    client.end()
    assert client.texts("final") == ["one two"]
    assert (client.closed, client.failed) == (1, [])
    assert "too big" in capsys.readouterr().err
