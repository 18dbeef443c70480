"""Arithmetic around the networks: mel, alignment, word edges, graph editing."""

import numpy as np
import pytest

from tritone_models.recognisers.alignment import align, row_starts
from tritone_models.recognisers.mel import LogMel, mel_filters
from tritone_models.recognisers.moonshine_tokens import SPACE, MoonshineTokens
from tritone_models.recognisers.onnx_outputs import with_outputs
from tritone_models.recognisers.word_times import estimated_words, pauses, settle_words
from tritone_models.speech.hypothesis import SAMPLE_RATE
from tritone_models.speech.voice_activity import Framer


def test_mel_filters_are_slaneys():
    filters = mel_filters(80)
    assert filters.shape == (80, 201)
    # librosa.filters.mel(sr=16000, n_fft=400, n_mels=80), which Whisper was trained with
    assert filters[0, 1] == pytest.approx(0.0248626, abs=1e-6)
    assert filters[:, 0].max() == 0


@pytest.mark.parametrize("mels", [80, 128])
def test_a_log_mel_has_a_column_each_10_ms_and_whispers_range(mels: int):
    noise = np.random.default_rng(1).normal(0, 0.1, SAMPLE_RATE).astype(np.float32)
    spectrogram = LogMel(mels)(noise)
    assert spectrogram.shape == (mels, 100)
    assert spectrogram.max() - spectrogram.min() <= 2.0
    assert spectrogram.dtype == np.float32


def test_a_tone_is_in_its_mel():
    seconds = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * 1000 * seconds).astype(np.float32)
    loudest = LogMel(80)(tone)[:, 50].argmax()
    assert mel_filters(80)[loudest].argmax() == 25


def test_audio_of_a_few_samples_has_a_spectrogram():
    assert LogMel(80)(np.zeros(10, np.float32)).shape[0] == 80


def test_the_path_enters_each_row_where_it_is_cheapest():
    cost = np.ones((3, 9), np.float32)
    for row, columns in enumerate([(0, 3), (3, 7), (7, 9)]):
        cost[row, slice(*columns)] = -1
    assert row_starts(cost) == [0, 3, 7]


def test_the_path_equals_the_plain_recursion():
    generator = np.random.default_rng(3)
    for rows, columns in [(1, 5), (5, 1), (4, 4), (7, 23)]:
        cost = generator.normal(size=(rows, columns)).astype(np.float32)
        starts = row_starts(cost)
        assert starts == sorted(starts)
        assert starts[0] == 0
        assert _cost_of(cost, starts) == pytest.approx(_cheapest(cost), abs=1e-4)


def test_attention_gives_the_sample_of_each_token():
    attention = np.full((2, 3, 30), 0.01, np.float32)
    for row, columns in enumerate([(0, 10), (10, 20), (20, 30)]):
        attention[:, row, slice(*columns)] = 1
    assert align(attention, 384) == [0, 10 * 384, 20 * 384]


def _speech(*stretches: tuple[float, bool]) -> np.ndarray:
    generator = np.random.default_rng(2)
    parts = [
        generator.normal(0, 0.1 if voiced else 0.0005, round(seconds * SAMPLE_RATE))
        for seconds, voiced in stretches
    ]
    return np.concatenate(parts).astype(np.float32)


def test_pauses_are_found_and_closures_are_not():
    audio = _speech((0.3, False), (0.5, True), (0.06, False), (0.5, True), (0.4, False))
    found = [(round(a / SAMPLE_RATE, 1), round(b / SAMPLE_RATE, 1)) for a, b in pauses(audio)]
    assert found == [(0.0, 0.3), (1.4, 1.8)]


def test_words_keep_out_of_the_pauses_beside_them():
    audio = _speech((0.3, False), (0.5, True), (0.5, False), (0.5, True), (0.3, False))
    rough = [("ask", 0, 9_000, 0.9), ("not", 9_000, len(audio), 0.8)]
    ask, not_ = settle_words(rough, audio, lead=0)
    for found, wanted in [(ask.start, 0.3), (ask.end, 0.8), (not_.start, 1.3), (not_.end, 1.8)]:
        assert found / SAMPLE_RATE == pytest.approx(wanted, abs=0.03)


def test_words_are_moved_by_the_lead_of_the_attention():
    audio = _speech((2.0, True))
    (word,) = settle_words([("so", 8_000, 12_000, 0.9)], audio, lead=800)
    assert (word.start, word.end) == (8_800, 12_800)


def test_words_never_leave_the_audio_or_end_before_they_start():
    audio = _speech((0.2, True), (0.3, False))
    words = [("a", 7_900, 8_000, 0.5), ("b", 8_000, 8_000, 0.5)]
    for word in settle_words(words, audio, lead=1_400):
        assert 0 <= word.start <= word.end <= len(audio)


def test_estimated_words_share_out_what_sounds():
    audio = _speech((0.5, False), (1.0, True), (0.5, False), (1.0, True), (0.5, False))
    first, second = estimated_words(["abc", "def"], [0.5, 0.5], audio)
    assert first.start / SAMPLE_RATE == pytest.approx(0.5, abs=0.05)
    assert second.end / SAMPLE_RATE == pytest.approx(3.0, abs=0.1)
    assert 1.4 <= first.end / SAMPLE_RATE <= 2.1


def test_no_words_need_no_times():
    assert settle_words([], np.zeros(0, np.float32), 0) == ()
    assert estimated_words([], [], np.zeros(0, np.float32)) == ()


def test_a_framer_keeps_what_is_less_than_a_frame():
    framer = Framer()
    assert framer.push(np.ones(500, np.float32)).shape == (0, 512)
    assert framer.push(np.ones(600, np.float32)).shape == (2, 512)
    assert len(framer.rest) == 76


def test_sentencepiece_pieces_become_words():
    pieces = ["<unk>", "<s>", "</s>", f"{SPACE}Hel", "lo", ",", f"{SPACE}wörld", "<0xC3>", "<0xA9>"]
    tokens = MoonshineTokens(pieces)
    assert tokens.text([1, 3, 4, 5, 6, 7, 8, 2, 32_500]) == "Hello, wörldé"
    assert tokens.words([3, 4, 5, 6]) == [("Hello,", 0, 3), ("wörld", 3, 4)]


def test_graph_outputs_are_added_to_both_branches_and_the_graph():
    branch = _message(1, _message(4, b"Softmax"))
    attributes = [_message(1, name) + _message(6, branch) for name in (b"then", b"else")]
    node = b"".join(_message(5, attribute) for attribute in attributes) + _message(4, b"If")
    model = b"\x08\x0a" + _message(7, _message(1, node))
    edited = with_outputs(model, ["inner"])
    assert edited.count(b"inner") == 4
    assert edited.startswith(b"\x08\x0a")
    assert with_outputs(model, []) == model


def test_what_is_no_graph_is_refused():
    with pytest.raises(ValueError, match="not an ONNX file"):
        with_outputs(b"\x0b", ["inner"])


def _message(number: int, value: bytes) -> bytes:
    return bytes([number << 3 | 2, len(value)]) + value


def _cheapest(cost: np.ndarray) -> float:
    total = np.full((cost.shape[0] + 1, cost.shape[1] + 1), np.inf)
    total[0, 0] = 0
    for r in range(1, total.shape[0]):
        for c in range(1, total.shape[1]):
            before = min(total[r - 1, c - 1], total[r - 1, c], total[r, c - 1])
            total[r, c] = cost[r - 1, c - 1] + before
    return float(total[-1, -1])


def _cost_of(cost: np.ndarray, starts: list[int]) -> float:
    """The cheapest path that enters the rows at `starts`."""
    ends = [*starts[1:], cost.shape[1] - 1]
    total = 0.0
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        last = row == len(starts) - 1
        stay, leave = cost[row, start : end + 1].sum(), cost[row, start : max(start + 1, end)].sum()
        total += stay if last or start == end else min(stay, leave)
    return float(total)
