"""Which language a sequence is in."""

import numpy as np

from tests.stage import Stage, ToneRecogniser, quiet, say, understand
from tritone_models.recognisers.languages import most_likely
from tritone_models.speech.hypothesis import DecodeRequest, Hypothesis


def speaking(*languages: tuple[str, float]):
    """A recogniser that finds these languages, one utterance after the other."""
    seen: list[int] = []

    def decode(request: DecodeRequest) -> Hypothesis:
        if request.words:
            seen.append(1)
        language, confidence = languages[min(len(seen) - bool(request.words), len(languages) - 1)]
        heard = understand(request)
        return Hypothesis(
            heard.text, request.language or language, confidence, log_probability=-0.1
        )

    return ToneRecogniser(decode)


SENTENCE = np.concatenate([say(1, 2, 3, 4, 5), quiet(1)])


def test_a_language_that_was_asked_for_is_neither_sought_nor_told():
    stage = Stage()
    client = stage.open(language="hi")
    client.send(SENTENCE)
    assert {request.language for request in stage.recogniser.requests} == {"hi"}
    assert client.of("language") == []


def test_a_language_found_by_listening_is_told_once():
    stage = Stage(speaking(("hi", 0.9)))
    client = stage.open(language=None, languages=("en", "hi"))
    client.send(np.concatenate([SENTENCE, SENTENCE]))
    assert client.of("language") == [{"type": "language", "language": "hi", "confidence": 0.9}]
    assert stage.recogniser.requests[0].allowed == ("en", "hi")
    assert stage.recogniser.requests[-1].likely == "hi"


def test_a_change_of_language_is_told():
    client = Stage(speaking(("hi", 0.9), ("en", 0.9))).open(language=None)
    client.send(np.concatenate([SENTENCE, SENTENCE]))
    assert [event["language"] for event in client.of("language")] == ["hi", "en"]


def test_a_short_word_is_taken_to_be_in_the_language_of_the_rest():
    stage = Stage(speaking(("hi", 0.9)))
    client = stage.open(language=None)
    client.send(SENTENCE)
    stage.recogniser.requests.clear()
    client.send(np.concatenate([say(1, 2), quiet(1)]))
    assert {request.language for request in stage.recogniser.requests} == {"hi"}


def test_words_in_a_doubtful_language_are_not_shown_before_there_is_more_of_them():
    client = Stage(speaking(("fr", 0.3))).open(language=None)
    client.send(say(1, 2, 3))
    assert client.of("partial") == []
    client.send(say(4, 5, 6))
    assert client.of("partial")


def test_only_allowed_languages_are_chosen_and_urdu_counts_as_hindi():
    shares = [("<|ur|>", 0.5), ("<|en|>", 0.3), ("<|hi|>", 0.1), ("<|fr|>", 0.1)]
    request = DecodeRequest(np.zeros(1, np.float32), allowed=("en", "hi"))
    language, share = most_likely(shares, request)
    assert language == "hi"
    assert round(share, 3) == round(0.6 / 0.9, 3)


def test_the_language_of_the_session_is_favoured():
    shares = [("<|en|>", 0.5), ("<|fr|>", 0.4)]
    request = DecodeRequest(np.zeros(1, np.float32), likely="fr")
    assert most_likely(shares, request)[0] == "fr"


def test_weights_that_cannot_tell_languages_apart_keep_to_the_first_allowed():
    request = DecodeRequest(np.zeros(1, np.float32), allowed=("hi", "en"))
    assert most_likely([], request) == ("hi", 0.0)
