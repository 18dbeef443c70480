"""Who draws which frame when."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.lip_sync.stage import FRAME, PlainModel, Stage, prepared, sound
from tritone_models.errors import BadAudioError, BadOptionsError
from tritone_models.lips.model import SAMPLE_RATE, DrawRequest, Mouth
from tritone_models.lips.visemes import Viseme


def test_a_frame_is_drawn_as_soon_as_the_sound_it_depends_on_is_here():
    stage = Stage(PlainModel(ahead=2 * FRAME))
    client = stage.open()
    client.hear(sound(2))
    stage.draw()
    assert client.shown == [0]
    client.hear(sound(0.9))
    stage.draw()
    assert client.shown == [0]
    client.hear(sound(0.1))
    stage.draw()
    assert client.shown == [0, 1]


def test_at_the_end_the_rest_is_drawn_over_silence_and_the_stream_closes():
    stage = Stage(PlainModel(ahead=3 * FRAME))
    client = stage.open()
    client.hear(sound(4.5))
    client.end()
    assert client.closed == 0
    stage.draw()
    assert client.shown == [0, 1, 2, 3, 4]
    assert client.closed == 1
    last = stage.model.calls[-1][-1]
    assert not last.audio[stage.model.behind + FRAME // 2 :].any()
    stage.engine.end(client.session)
    assert client.closed == 1


def test_a_stream_without_sound_closes_at_its_end():
    stage = Stage()
    client = stage.open()
    client.end()
    assert (client.closed, client.shown) == (1, [])


def test_frames_say_when_where_and_over_which_frame_of_the_clip_they_are_shown():
    stage = Stage()
    client = stage.open(prepared(frames=4), base=3)
    client.hear(sound(3))
    client.end()
    stage.draw()
    assert client.all("PTS") == [0, FRAME, 2 * FRAME]
    assert client.all("BASE") == [3, 0, 1]
    # The patch lies at (10, 20) of the head, and the head at (base, 0) of the frame.
    expected = [[[1, 0, 10 + base], [0, 1, 20]] for base in (3, 0, 1)]
    np.testing.assert_allclose(client.all("AFFINE"), expected)


def test_every_tensor_has_its_shape_and_type():
    stage = Stage()
    client = stage.open()
    client.hear(sound(4))
    client.end()
    stage.draw()
    (frames,) = client.responses
    assert {name: (value.shape, str(value.dtype)) for name, value in frames.items()} == {
        "PATCH": ((1, 4, 2, 2, 4), "uint8"),
        "AFFINE": ((1, 4, 2, 3), "float32"),
        "BASE": ((1, 4), "int32"),
        "PTS": ((1, 4), "int64"),
    }


def test_another_frame_rate_than_the_clips_keeps_the_clips_pace():
    stage = Stage()
    client = stage.open(prepared(frames=100, fps=25), fps=50)
    client.hear(sound(3))
    client.end()
    stage.draw()
    assert client.all("PTS") == [0, 320, 640, 960, 1280, 1600]
    assert client.all("BASE") == [0, 0, 1, 1, 2, 2]


def test_thirty_frames_a_second_do_not_drift_though_they_are_no_whole_number_of_samples():
    stage = Stage()
    client = stage.open(fps=30)
    client.hear(sound(25 * 60))
    stage.draw()
    assert client.all("PTS") == [round(k * SAMPLE_RATE / 30) for k in range(len(client.all("PTS")))]
    assert len(client.all("PTS")) > 1_795


def test_patches_of_different_sizes_travel_apart_and_in_order():
    stage = Stage()
    client = stage.open()
    client.hear(sound(4))
    client.end()
    stage.draw()
    client.responses.clear()
    other = stage.open()
    other.hear(sound(4))
    other.end()
    drawn = stage.model.draw

    def growing(requests: Sequence[DrawRequest]) -> list[Mouth]:
        mouths = drawn(requests)
        return [
            Mouth(np.resize(mouth.rgba, (2, 2 + at // 2, 4)), mouth.to_head)
            for at, mouth in enumerate(mouths)
        ]

    stage.model.draw = growing
    stage.draw()
    assert [frames["PATCH"].shape[3] for frames in other.responses] == [2, 3]
    assert other.shown == [0, 1, 2, 3]


def test_one_call_draws_for_several_sequences_and_who_is_due_first_comes_first():
    stage = Stage(PlainModel(batch=3, ahead=FRAME))
    early, late = stage.open(), stage.open()
    early.hear(sound(2))
    stage.wait(0.02)
    late.hear(sound(2))
    stage.draw()
    calls = [[(r.face is stage.model.faces[1], r.sample) for r in c] for c in stage.model.calls]
    assert calls[0] == [(False, 0), (False, FRAME), (True, 0)]  # a sequence's frames together
    assert calls[1] == [(True, FRAME)]


def test_a_sequence_that_was_given_much_sound_at_once_holds_up_nobody():
    stage = Stage(PlainModel(batch=1, seconds=0.02))
    hasty, steady = stage.open(), stage.open()
    hasty.hear(sound(250))
    stage.speak(2.0, steady)
    delays = [
        seen - 1_000.0 - (pts + stage.model.ahead) / SAMPLE_RATE
        for seen, pts in zip(steady.seen_at, steady.all("PTS"), strict=True)
    ]
    assert steady.shown == list(range(len(steady.shown)))
    assert max(delays) < 0.1 + 0.05
    assert hasty.shown == list(range(len(hasty.shown)))


def test_when_it_cannot_keep_up_frames_are_left_out_evenly_and_nothing_lags():
    stage = Stage(PlainModel(batch=1, seconds=0.1))  # 10 of 25 frames a second
    client = stage.open()
    stage.speak(20.0, client)
    late = [
        seen - 1_000.0 - (pts + stage.model.ahead) / SAMPLE_RATE
        for seen, pts in zip(client.seen_at, client.all("PTS"), strict=True)
    ]
    assert max(late) < 0.1 + 0.1 + 0.1  # a chunk, what may be late, and the drawing itself
    steps = np.diff(client.shown)
    assert steps.max() <= 4
    assert 150 < len(client.shown) < 210
    assert stage.engine.counters["skipped"] >= 280
    assert stage.engine.counters["drawn"] == len(client.shown)


def test_overload_thins_the_frames_of_all_alike():
    stage = Stage(PlainModel(batch=1, seconds=0.04))
    clients = [stage.open() for _ in range(3)]
    stage.speak(10.0, *clients)
    counts = [len(client.shown) for client in clients]
    assert min(counts) > 0.9 * max(counts)
    assert sum(counts) == pytest.approx(250, rel=0.1)


def test_after_a_standstill_it_goes_on_where_the_client_plays():
    stage = Stage(PlainModel(batch=1, seconds=0.02))
    client = stage.open()
    client.hear(sound(10), played=0)
    stage.draw()
    before = len(client.shown)
    stage.wait(10.0)
    # What queued up meanwhile arrives at once; the last of it knows what is played by now.
    for at in range(10, 260, 5):
        client.hear(sound(5), played=(at - 5) * FRAME)
    stage.draw()
    first = client.shown[before]
    assert first == 248  # 250 is played now, and 0.1 s may be late
    assert client.shown[before:] == list(range(first, first + len(client.shown) - before))


def test_without_word_from_the_client_nothing_that_came_at_once_is_left_out():
    stage = Stage(PlainModel(batch=1, seconds=0.03))
    client = stage.open()
    client.hear(sound(100))
    client.end()
    stage.draw()
    assert client.shown == list(range(100))


def test_a_pause_in_the_sound_shifts_what_comes_after_it():
    stage = Stage(PlainModel(batch=1, seconds=0.01))
    client = stage.open()
    client.hear(sound(10))
    stage.draw()
    stage.wait(30.0)
    client.hear(sound(10))
    client.end()
    stage.draw()
    assert client.shown == list(range(20))


def test_acknowledgements_wait_while_two_seconds_are_undrawn():
    stage = Stage(PlainModel(batch=1))
    client = stage.open()
    for _ in range(8):
        client.hear(sound(10))
    assert client.acknowledged == 5
    stage.engine.draw_round()
    while client.acknowledged == 5:
        assert stage.engine.draw_round()
    assert client.shown[-1] == 9
    stage.draw()
    assert client.acknowledged == 8


def test_who_left_is_drawn_no_more_and_everything_is_answered():
    stage = Stage(PlainModel(batch=1))
    client = stage.open()
    for _ in range(8):
        client.hear(sound(10))
    stage.engine.abandon(client.session)
    assert (client.closed, client.acknowledged) == (1, 8)
    stage.draw()
    assert client.shown == []
    stage.engine.abandon(client.session)
    assert client.closed == 1


def test_a_face_that_cannot_be_drawn_fails_alone():
    stage = Stage(PlainModel(batch=8))
    good, bad = stage.open(), stage.open()
    stage.model.faces[1].breaks = True
    good.hear(sound(4))
    bad.hear(sound(4))
    stage.draw()
    assert good.shown == [0, 1, 2]
    assert [str(error) for error in bad.failed] == ["this face cannot be drawn"]
    assert bad.closed == 0
    assert bad.acknowledged == 1
    good.hear(sound(1))
    stage.draw()
    assert good.shown == [0, 1, 2, 3]


def test_a_client_whose_channel_breaks_stops_no_other():
    stage = Stage()
    good, bad = stage.open(), stage.open()
    bad.gone = True
    good.hear(sound(4))
    bad.hear(sound(4))
    stage.draw()
    assert good.shown == [0, 1, 2]
    assert len(bad.failed) == 1


def test_who_sends_without_waiting_is_refused_after_two_minutes_of_sound():
    stage = Stage()
    client = stage.open()
    for _ in range(5):
        client.hear(sound(25 * 24))
    with pytest.raises(BadAudioError):
        client.hear(sound(1))
    stage.draw()
    client.hear(sound(1))


def test_visemes_that_nothing_will_ever_need_do_not_pile_up():
    stage = Stage()
    client = stage.open()
    far = [Viseme("aa", 2**40 + at, 2**40 + at + 1) for at in range(1_000)]
    for _ in range(5):
        client.hear(sound(1), *far)
    with pytest.raises(BadOptionsError):
        client.hear(sound(1), *far)


def test_an_acknowledgement_that_cannot_be_sent_withholds_no_other():
    stage = Stage()
    client = stage.open()

    def broken() -> None:
        raise OSError("nobody listens")

    stage.engine.receive(client.session, sound(1), acknowledge=broken)
    client.hear(sound(3))
    client.end()
    stage.draw()
    assert (client.acknowledged, client.closed) == (1, 1)


def test_the_model_is_given_the_sound_around_the_frame():
    stage = Stage(PlainModel(batch=1, behind=FRAME, ahead=FRAME))
    client = stage.open()
    client.hear(np.arange(4 * FRAME).astype(np.int16))
    stage.draw()
    zeros = np.zeros(FRAME, np.int16)
    first, second, *_ = (call[0].audio for call in stage.model.calls)
    np.testing.assert_array_equal(first, np.concatenate([zeros, np.arange(FRAME)]))
    np.testing.assert_array_equal(second, np.arange(2 * FRAME))


def test_the_model_is_given_the_visemes_that_overlap_that_sound():
    stage = Stage(PlainModel(batch=1, behind=FRAME, ahead=FRAME))
    client = stage.open()
    long = Viseme("aa", FRAME // 2, 3 * FRAME)
    client.hear(sound(5), Viseme("PP", 0, FRAME // 2), long, Viseme("sil", 3 * FRAME, 9 * FRAME))
    stage.draw()
    seen = [[viseme.name for viseme in call[0].visemes] for call in stage.model.calls]
    assert seen == [["PP", "aa"], ["PP", "aa"], ["aa"], ["aa", "sil"], ["sil"]]
    assert all(call[0].timed for call in stage.model.calls)


def test_a_voice_without_timing_is_told_apart_from_silence():
    stage = Stage()
    client = stage.open()
    client.hear(sound(4))
    stage.draw()
    assert not stage.model.calls[0][0].timed


def test_an_hour_of_sound_takes_no_memory():
    stage = Stage(PlainModel(batch=8))
    client = stage.open()
    timeline = client.session._timeline
    for second in range(3_600):
        client.hear(sound(25), Viseme("aa", second * SAMPLE_RATE, (second + 1) * SAMPLE_RATE))
        stage.draw()
        client.responses.clear()
        stage.wait(1.0)
    assert len(timeline._audio) < 3 * SAMPLE_RATE
    assert len(timeline._visemes) < 4
    assert len(timeline._arrivals) < 4
    assert stage.engine.counters["skipped"] == 0


def test_threads_draw_what_arrives_and_end_with_the_engine():
    stage = Stage(PlainModel(workers=3))
    stage.model.spend = lambda _: None
    clients = [stage.open() for _ in range(6)]
    stage.engine.start()
    for client in clients:
        client.hear(sound(10))
        client.end()
    for client in clients:
        client.is_closed.wait(timeout=30)
    stage.engine.stop()
    assert [client.shown for client in clients] == [list(range(10))] * 6
    assert [client.closed for client in clients] == [1] * 6
