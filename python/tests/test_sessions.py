"""How a sequence ends, waits, fails, and says how far it is settled."""

import numpy as np
import pytest

from tests.stage import FRAME, Stage, ToneRecogniser, quiet, say, understand
from tritone_models.speech.hypothesis import SAMPLE_RATE, DecodeRequest, Hypothesis


def test_a_sequence_that_opens_says_so():
    assert Stage().open().events == [{"type": "progress", "settled": 0}]


def test_the_end_finalises_at_once_what_is_being_said():
    client = Stage().open()
    client.send(np.concatenate([quiet(0.3), say(1, 2)]))
    assert client.of("final") == []
    client.end()
    (final,) = client.of("final")
    assert (final["text"], final["reason"]) == ("one two", "end")
    assert client.closed == 1


def test_the_end_waits_for_audio_that_came_before_it():
    stage = Stage()
    client = stage.open()
    pcm = np.concatenate([quiet(0.3), say(1, 2), quiet(1), say(3)])
    samples = len(pcm)
    client.deliver(pcm)
    stage.engine.end(client.session)
    assert client.closed == 0
    stage.catch_up()
    assert client.texts("final") == ["one two", "three"]
    assert client.closed == 1
    assert client.events[-1] == {"type": "progress", "settled": samples}


def test_a_silent_sequence_ends_without_a_caption():
    client = Stage().open()
    client.send(quiet(0.5))
    client.end()
    assert client.of("final") == []
    assert client.closed == 1


def test_ends_with_a_part_of_a_frame_keep_every_sample():
    client = Stage().open()
    client.send(np.concatenate([say(1, 2), say(3)[: FRAME // 2]]))
    client.end()
    assert client.events[-1] == {"type": "progress", "settled": 20 * FRAME + FRAME // 2}


def test_finals_come_in_the_order_spoken_even_if_a_later_one_is_decoded_first():
    stage = Stage()
    client = stage.open()
    client.deliver(np.concatenate([say(1, 2), quiet(1), say(3, 4), quiet(1)]))
    stage.engine.hear_round()
    first, second = client.session.pending
    client.session.decide(second, Hypothesis("second", "en"))
    client.session.flush()
    assert client.of("final") == []
    client.session.decide(first, Hypothesis("first", "en"))
    client.session.flush()
    assert client.texts("final") == ["first", "second"]


def test_progress_follows_silence_once_a_second_and_never_passes_speech():
    client = Stage().open()
    client.send(quiet(5))
    settled = [event["settled"] for event in client.of("progress")]
    assert 4 <= len(settled) <= 6
    client.send(say(1, 2, 3))
    speech_starts = client.of("partial")[0]["start"]
    assert client.of("progress")[-1]["settled"] <= speech_starts


def test_progress_after_a_final_allows_to_resume_there():
    client = Stage().open()
    client.send(np.concatenate([say(1, 2), quiet(0.64)]))
    kinds = [event["type"] for event in client.events]
    assert kinds[kinds.index("final") + 1] == "progress"
    final, progress = client.of("final")[0], client.of("progress")[-1]
    assert progress["settled"] >= final["end"]


def test_chunks_wait_for_their_acknowledgement_while_the_backlog_is_full():
    stage = Stage(backlog_seconds=1.1)
    client = stage.open()
    for _ in range(3):
        client.deliver(quiet(0.5))
    assert client.acknowledged == 2
    stage.catch_up()
    assert client.acknowledged == 3


def test_ending_acknowledges_every_chunk():
    stage = Stage(backlog_seconds=1.1)
    client = stage.open()
    for _ in range(5):
        client.deliver(quiet(0.5))
    stage.engine.end(client.session)
    assert client.acknowledged == 5


def test_a_client_that_left_costs_nothing_more():
    stage = Stage()
    client = stage.open()
    client.send(say(1, 2))
    decodes = len(stage.recogniser.requests)
    stage.engine.abandon(client.session)
    stage.catch_up()
    assert client.closed == 1
    assert client.of("final") == []
    assert len(stage.recogniser.requests) == decodes


def test_a_result_for_a_client_that_left_meanwhile_is_dropped():
    def leave(request: DecodeRequest) -> Hypothesis:
        stage.engine.abandon(client.session)
        return understand(request)

    stage = Stage(ToneRecogniser(leave))
    client = stage.open()
    client.send(say(1, 2))
    assert client.of("partial") == []
    assert client.closed == 1


def test_a_recogniser_that_fails_fails_its_session_and_no_other(capsys: pytest.CaptureFixture):
    def fail_on_nine(request: DecodeRequest) -> Hypothesis:
        heard = understand(request)
        if "nine" in heard.text:
            raise RuntimeError("the network broke")
        return heard

    stage = Stage(ToneRecogniser(fail_on_nine))
    unlucky, lucky = stage.open(), stage.open()
    unlucky.deliver(say(9, 9))
    lucky.send(np.concatenate([say(1, 2), quiet(1)]))
    assert [type(error) for error in unlucky.failed] == [RuntimeError]
    assert unlucky.acknowledged == 1
    assert unlucky.closed == 0
    assert lucky.texts("final") == ["one two"]
    assert "the network broke" in capsys.readouterr().err


def test_a_client_that_cannot_be_sent_to_costs_no_other_a_word(capsys: pytest.CaptureFixture):
    stage = Stage()
    broken, other = stage.open(), stage.open()

    def refuse(_event: object) -> None:
        raise OSError("no room for a response")

    broken.session._emit = refuse
    for client in (broken, other):
        client.deliver(np.concatenate([quiet(0.3), say(1, 2), quiet(1)]))
    stage.catch_up()
    assert other.texts("final") == ["one two"]
    assert [type(error) for error in broken.failed] == [OSError]
    assert "no room" in capsys.readouterr().err


def test_half_an_hour_of_speech_keeps_nothing_of_what_is_settled():
    stage = Stage()
    client = stage.open(partials=False)
    minute = np.concatenate([np.concatenate([say(1, 2, 3), quiet(0.7)]) for _ in range(36)])
    for _ in range(30):
        client.send(minute, chunk=SAMPLE_RATE)
    assert len(client.of("final")) == 30 * 36
    assert client.session.backlog == 0
    assert len(client.session.pending) == 0


def test_an_announced_silence_makes_a_final_when_the_pause_is_over_though_nothing_is_heard():
    stage = Stage()
    client = stage.open()
    client.send(np.concatenate([quiet(0.3), say(1, 2, 3), quiet(0.2)]))
    heard = client.session.ear.utterance
    assert heard is not None
    stage.engine.announce(client.session, True)
    stage.now += 0.37 - heard.silence / SAMPLE_RATE
    stage.catch_up()
    assert client.of("final") == []
    stage.now += 0.02
    stage.catch_up()
    (final,) = client.of("final")
    assert (final["text"], final["reason"]) == ("one two three", "pause")
    client.send(np.concatenate([quiet(0.5), say(4), quiet(1)]))
    assert client.texts("final") == ["one two three", "four"]


def test_silence_that_something_follows_ends_nothing():
    stage = Stage()
    client = stage.open()
    client.send(np.concatenate([quiet(0.3), say(1, 2, 3), quiet(0.1)]))
    stage.engine.announce(client.session, True)
    stage.now += 0.1
    stage.catch_up()
    stage.engine.announce(client.session, False)
    client.send(quiet(0.1))
    stage.now += 1
    client.send(np.concatenate([say(4), quiet(1)]))
    assert client.texts("final") == ["one two three four"]


def test_sound_that_is_not_heard_yet_is_not_taken_for_silence():
    stage = Stage()
    client = stage.open()
    client.send(np.concatenate([quiet(0.3), say(1, 2, 3)]))
    client.deliver(np.concatenate([say(4), quiet(0.1)]))
    stage.engine.announce(client.session, True)
    stage.now += 0.2
    assert not client.session.knows_silence
    stage.catch_up()
    assert client.of("final") == []
    stage.now += 0.2
    stage.catch_up()
    assert client.texts("final") == ["one two three four"]


def test_an_announced_silence_is_counted_once_however_often_it_is_told():
    stage = Stage()
    client = stage.open()
    client.send(np.concatenate([quiet(0.3), say(1, 2, 3), quiet(0.1)]))
    for _ in range(4):
        stage.engine.announce(client.session, True)
        stage.now += 0.1
        stage.catch_up()
    assert client.texts("final") == ["one two three"]
