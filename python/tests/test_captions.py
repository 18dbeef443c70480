"""What a client is told while somebody speaks."""

import itertools

import numpy as np

from tests.stage import FRAME, Stage, ToneRecogniser, quiet, say, understand
from tritone_models.speech.hypothesis import DecodeRequest, Hypothesis


def test_a_sentence_grows_in_partials_and_settles_in_one_final_with_word_times():
    client = Stage().open()
    client.send(np.concatenate([quiet(0.5), say(1, 2, 3), quiet(1)]))
    assert client.texts("partial")[0] == "one"
    (final,) = client.of("final")
    assert final["text"] == "one two three"
    assert final["reason"] == "pause"
    assert not final["estimated"]
    starts = [word["start"] for word in final["words"]]
    spoken_at = len(quiet(0.5))
    assert starts == [spoken_at + index * 10 * FRAME for index in range(3)]
    assert final["start"] <= spoken_at
    assert final["end"] == spoken_at + 30 * FRAME


def test_revisions_rise_within_an_utterance_and_utterances_count_from_one():
    client = Stage().open()
    client.send(np.concatenate([say(1, 2, 3), quiet(1), say(4, 5), quiet(1)]))
    captions = [event for event in client.events if event["type"] in ("partial", "final")]
    for number in (1, 2):
        revisions = [e["revision"] for e in captions if e["utterance"] == number]
        assert revisions == list(range(1, len(revisions) + 1))
    assert {event["utterance"] for event in captions} == {1, 2}


def test_text_is_stable_once_three_decodes_agree_and_never_its_last_word():
    client = Stage().open()
    client.send(say(1, 2, 3, 4, 5, 6))
    partials = client.of("partial")
    assert [event["stable"] for event in partials[:2]] == [0, 0]
    third = partials[2]
    assert third["text"][: third["stable"]] == partials[0]["text"]
    assert all(event["stable"] < len(event["text"]) for event in partials)


def test_the_final_of_a_pause_is_decoded_before_the_pause_is_over():
    stage = Stage()
    client = stage.open()
    client.send(np.concatenate([say(1, 2, 3), quiet(0.3)]))
    decodes = len(stage.recogniser.requests)
    assert client.of("final") == []
    client.send(quiet(0.3))
    assert client.texts("final") == ["one two three"]
    assert len(stage.recogniser.requests) == decodes


def test_speech_that_resumes_discards_the_speculation():
    client = Stage().open()
    client.send(np.concatenate([say(1, 2, 3), quiet(0.25), say(4), quiet(1)]))
    assert client.texts("final") == ["one two three four"]


def test_partials_without_pauses_are_cut_at_the_limit_without_losing_a_word():
    client = Stage(limit_seconds=3.0).open()
    numbers = [n % 10 for n in range(20)]
    spoken = np.concatenate([np.concatenate([say(n), quiet(0.1)]) for n in numbers])
    client.send(np.concatenate([spoken, quiet(1)]))
    finals = client.of("final")
    assert [event["reason"] for event in finals[:-1]] == ["limit"] * (len(finals) - 1)
    assert len(finals) > 1
    assert " ".join(client.texts("final")).split() == [
        word for n in numbers for word in understand(DecodeRequest(_float(say(n)))).text.split()
    ]
    for before, after in itertools.pairwise(finals):
        assert after["start"] >= before["end"]


def test_a_click_is_nothing():
    stage = Stage()
    client = stage.open()
    click = say(9)[: 2 * FRAME]
    client.send(np.concatenate([quiet(0.5), click, quiet(1)]))
    assert [event["type"] for event in client.events if event["type"] != "progress"] == []
    assert stage.recogniser.requests == []


def test_partials_of_what_turns_out_to_be_nothing_are_taken_back_by_an_empty_final():
    def noise_at_the_end(request: DecodeRequest) -> Hypothesis:
        text = "" if request.words else "thank you"
        return Hypothesis(text, "en", log_probability=-0.2)

    client = Stage(ToneRecogniser(noise_at_the_end)).open()
    client.send(np.concatenate([say(1, 2), quiet(1)]))
    assert client.texts("partial")
    (final,) = client.of("final")
    assert (final["text"], final["words"], final["confidence"]) == ("", [], 0.0)
    assert final["revision"] == client.of("partial")[-1]["revision"] + 1


def test_without_partials_only_finals_are_decoded():
    stage = Stage()
    client = stage.open(partials=False)
    client.send(np.concatenate([say(1, 2, 3, 4, 5, 6), quiet(1)]))
    assert client.of("partial") == []
    assert client.texts("final") == ["one two three four five six"]
    assert len(stage.recogniser.requests) == 1


def test_without_words_none_are_aligned():
    stage = Stage()
    client = stage.open(words=False)
    client.send(np.concatenate([say(1, 2), quiet(1)]))
    assert client.of("final")[0]["words"] == []
    assert not any(request.words for request in stage.recogniser.requests)


def test_each_decode_gets_the_last_hypothesis_of_its_utterance_as_a_draft():
    def drafting(request: DecodeRequest) -> Hypothesis:
        return Hypothesis("a b", "en", tokens=(*request.draft, len(request.draft)))

    stage = Stage(ToneRecogniser(drafting))
    stage.open().send(np.concatenate([say(1, 2, 3), quiet(1), say(1, 2), quiet(1)]))
    drafts = [request.draft for request in stage.recogniser.requests]
    assert drafts[:3] == [(), (0,), (0, 1)]
    assert drafts.count(()) == 2


def _float(pcm: np.ndarray) -> np.ndarray:
    return pcm.astype(np.float32) / 32_768
