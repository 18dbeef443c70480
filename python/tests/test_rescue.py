"""Finals that are doubted, and heard again by another recogniser before they are told."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.stage import Stage, ToneRecogniser, quiet, say, understand
from tritone_models.parameters import Parameters
from tritone_models.speech.doubt import is_doubtful, is_trusted
from tritone_models.speech.hypothesis import SAMPLE_RATE, DecodeRequest, Hypothesis
from tritone_models.speech.policy import Policy
from tritone_models.speech.utterance import FRAME, Utterance

ASK_NOT = np.concatenate([say(1, 2), quiet(1)])
EMPTY = Hypothesis("", "en", log_probability=-0.4)


def hears(text: str, log_probability: float = -0.1, no_speech: float = 0.0) -> ToneRecogniser:
    heard = Hypothesis(text, "en", log_probability=log_probability, no_speech=no_speech)
    return ToneRecogniser(lambda _: heard)


def spoken(seconds: float, probability: float = 0.9) -> Utterance:
    utterance = Utterance(1, 0)
    for _ in range(round(seconds * SAMPLE_RATE / FRAME)):
        utterance.append(np.zeros(FRAME, np.float32), probability)
    return utterance


@pytest.mark.parametrize(
    ("heard", "doubtful"),
    [
        (Hypothesis("ask not", "en", log_probability=-0.1), False),
        (Hypothesis("as not", "en", log_probability=-0.5), True),
        (Hypothesis("", "en", log_probability=-0.1), True),
        (Hypothesis("(music)", "en", log_probability=-0.1), True),
        (Hypothesis("a", "en", log_probability=-0.1), True),
    ],
)
def test_empty_implausible_unsure_and_scant_texts_are_doubted(heard: Hypothesis, doubtful: bool):
    assert is_doubtful(heard, spoken(0.8), Policy()) is doubtful


@pytest.mark.parametrize(
    ("utterance", "doubtful"),
    [(spoken(0.8), True), (spoken(0.2), False), (spoken(0.8, probability=0.4), False)],
)
def test_without_enough_sure_voice_nothing_is_doubted(utterance: Utterance, doubtful: bool):
    assert is_doubtful(EMPTY, utterance, Policy()) is doubtful


@pytest.mark.parametrize(
    ("second", "trusted"),
    [
        (Hypothesis("ask not", "en", log_probability=-1.4, no_speech=0.5), True),
        (Hypothesis("thank you", "en", log_probability=-1.6), False),
        (Hypothesis("thank you", "en", log_probability=-0.5, no_speech=0.7), False),
        (Hypothesis("...", "en", log_probability=-0.1), False),
    ],
)
def test_a_rescuer_that_guesses_or_hears_no_speech_is_not_trusted(
    second: Hypothesis, trusted: bool
):
    assert is_trusted(second, spoken(0.8, probability=1.0), Policy()) is trusted


def test_a_doubtful_final_is_told_once_and_as_the_rescuer_heard_it():
    stage = Stage(hears("", -0.4), rescuer=hears("ask not"))
    client = stage.open()
    client.send(ASK_NOT)
    (final,) = client.of("final")
    assert (final["text"], final["reason"]) == ("ask not", "pause")
    assert stage.engine.counters["doubtful"] == stage.engine.counters["rescued"] == 1


def test_a_final_without_doubt_is_never_heard_again():
    rescuer = hears("something else")
    client = Stage(rescuer=rescuer).open()
    client.send(np.concatenate([ASK_NOT, ASK_NOT]))
    assert client.texts("final") == ["one two", "one two"]
    assert rescuer.requests == []


def test_partials_are_not_doubted():
    rescuer = hears("something else")
    client = Stage(hears("as not", -0.6), rescuer=rescuer).open()
    client.send(say(1, 2, 3, 4))
    assert set(client.texts("partial")) == {"as not"}
    assert rescuer.requests == []


@pytest.mark.parametrize(("first", "told"), [("", []), ("as not", ["as not"])])
def test_the_first_verdict_stands_where_the_rescuer_finds_nothing_to_trust(
    first: str, told: list[str]
):
    client = Stage(hears(first, -0.6), rescuer=hears("thank you", -1.7)).open(partials=False)
    client.send(ASK_NOT)
    client.end()
    assert client.texts("final") == told
    assert client.closed == 1


def test_the_second_hearing_is_over_before_the_pause_is():
    rescuer = hears("ask not")
    client = Stage(hears("", -0.4), rescuer=rescuer).open()
    client.send(np.concatenate([say(1, 2), quiet(0.3)]))
    assert len(rescuer.requests) == 1
    assert client.of("final") == []
    client.send(quiet(0.4))
    assert client.texts("final") == ["ask not"]
    assert len(rescuer.requests) == 1


def test_a_final_waits_for_its_second_hearing_and_those_after_it_keep_their_order():
    stage = Stage(ToneRecogniser(deaf_to("one")), rescuer=hears("rescued"))
    client = stage.open(partials=False)
    client.deliver(np.concatenate([say(1, 1), quiet(1), say(2, 3), quiet(1)]))
    stage.engine.hear_round()
    assert stage.engine.work_round()
    assert stage.engine.work_round()
    assert client.of("final") == []
    stage.catch_up()
    assert client.texts("final") == ["rescued", "two three"]


def test_finals_without_doubt_go_before_second_hearings_and_those_before_partials():
    stage = Stage(ToneRecogniser(deaf_to("one")), rescuer=hears("rescued"))
    doubted, sure, speaking = (stage.open() for _ in range(3))
    doubted.deliver(np.concatenate([say(1, 1), quiet(1)]))
    stage.engine.hear_round()
    assert stage.engine.work_round()
    sure.deliver(np.concatenate([say(2, 3), quiet(1)]))
    speaking.deliver(say(4, 5))
    stage.engine.hear_round()
    clients = {"doubted": doubted, "sure": sure, "speaking": speaking}
    order = []
    while stage.engine.work_round():
        told = [name for name, c in clients.items() if c.of("final") or c.of("partial")]
        order += [name for name in told if name not in order]
    assert order == ["sure", "doubted", "speaking"]


def test_speech_that_resumes_discards_the_second_hearing():
    client = Stage(ToneRecogniser(deaf_to("one")), rescuer=hears("rescued")).open()
    client.send(np.concatenate([say(1, 1), quiet(0.25), say(2, 3), quiet(1)]))
    assert client.texts("final") == ["one one two three"]


def test_a_pause_that_ends_before_the_second_hearing_waits_for_it():
    stage = Stage(hears("", -0.4), rescuer=hears("ask not"))
    client = stage.open(partials=False)
    client.deliver(np.concatenate([say(1, 2), quiet(0.2)]))
    stage.engine.hear_round()
    assert stage.engine.work_round()
    client.deliver(quiet(1))
    stage.engine.hear_round()
    stage.catch_up()
    assert client.texts("final") == ["ask not"]


def test_a_rescuer_that_is_loaded_later_hears_from_then_on():
    stage = Stage(hears("", -0.4))
    client = stage.open()
    client.send(ASK_NOT)
    stage.engine.rescue_with(hears("ask not"))
    client.send(ASK_NOT)
    assert client.texts("final") == ["ask not"]


def test_a_pause_that_ends_during_the_first_hearing_waits_for_the_second():
    def slowly(_: DecodeRequest) -> Hypothesis:
        client.deliver(quiet(1))
        stage.engine.hear_round()
        return EMPTY

    stage = Stage(ToneRecogniser(slowly), rescuer=hears("ask not"))
    client = stage.open(partials=False)
    client.send(np.concatenate([say(1, 2), quiet(0.2)]))
    assert client.texts("final") == ["ask not"]


def test_a_second_hearing_that_misses_what_followed_is_not_told():
    def slowly(_: DecodeRequest) -> Hypothesis:
        client.deliver(np.concatenate([say(2, 3), quiet(1)]))
        stage.engine.hear_round()
        return Hypothesis("rescued", "en")

    stage = Stage(ToneRecogniser(deaf_to("one")), rescuer=ToneRecogniser(slowly))
    client = stage.open(partials=False)
    client.send(np.concatenate([say(1, 1), quiet(0.25)]))
    assert client.texts("final") == ["one one two three"]


def test_the_end_waits_for_the_second_hearing():
    client = Stage(hears("", -0.4), rescuer=hears("ask not")).open()
    client.send(say(1, 2))
    client.end()
    assert client.texts("final") == ["ask not"]
    assert client.closed == 1


def test_too_many_doubts_leave_the_oldest_as_it_is():
    stage = Stage(hears("as not", -0.6), rescuer=hears("ask not"))
    client = stage.open(partials=False)
    client.deliver(np.concatenate([ASK_NOT] * 12))
    stage.engine.hear_round()
    stage.catch_up()
    assert client.texts("final") == ["as not"] * 4 + ["ask not"] * 8


def test_a_client_that_left_is_not_heard_again():
    rescuer = hears("ask not")
    stage = Stage(hears("", -0.4), rescuer=rescuer)
    client = stage.open(partials=False)
    client.deliver(ASK_NOT)
    stage.engine.hear_round()
    assert stage.engine.work_round()
    stage.engine.abandon(client.session)
    stage.catch_up()
    assert rescuer.requests == []


def test_a_language_that_the_rescuer_does_not_know_is_left_alone():
    rescuer = ToneRecogniser(understand, languages=("fr",))
    Stage(hears("", -0.4), rescuer=rescuer).open().send(ASK_NOT)
    assert rescuer.requests == []


def test_a_rescuer_that_fails_harms_nobody(capsys: pytest.CaptureFixture):
    def fail(_: DecodeRequest) -> Hypothesis:
        raise RuntimeError("too small")

    client = Stage(hears("as not", -0.6), rescuer=ToneRecogniser(fail)).open(partials=False)
    client.send(ASK_NOT)
    client.end()
    assert client.texts("final") == ["as not"]
    assert (client.closed, client.failed) == (1, [])
    assert "too small" in capsys.readouterr().err


@pytest.mark.parametrize("weights", ["", "none", "not-installed"])
def test_without_the_rescuers_weights_there_is_none_and_no_failure(
    weights: str, caplog: pytest.LogCaptureFixture
):
    pytest.importorskip("onnxruntime", reason="the models' libraries are not installed")
    from tritone_models.speech_to_text import load_rescuer

    assert load_rescuer(Parameters("moonshine", {"rescue_weights": weights}, {})) is None
    assert len(caplog.records) == (weights == "not-installed")


def deaf_to(word: str) -> Callable[[DecodeRequest], Hypothesis]:
    """Hears nothing where nothing but `word` is said."""

    def listen(request: DecodeRequest) -> Hypothesis:
        heard = understand(request)
        return EMPTY if set(heard.text.split()) <= {word} else heard

    return listen
