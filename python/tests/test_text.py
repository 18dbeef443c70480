"""What stays of a hypothesis, and what is no speech at all."""

import pytest

from tritone_models.speech.agreement import Agreement
from tritone_models.speech.filters import ends_in_loop, is_plausible, without_loop
from tritone_models.speech.hypothesis import Hypothesis
from tritone_models.speech.policy import Policy


def heard(text: str, log_probability: float = -0.3, no_speech: float = 0.1) -> Hypothesis:
    return Hypothesis(text, "en", log_probability=log_probability, no_speech=no_speech)


@pytest.mark.parametrize("text", ["Five, five.", "No, no, no, no.", "Yes", "ten of clubs", "हाँ"])
def test_short_true_utterances_pass(text: str):
    assert is_plausible(heard(text, log_probability=-1.2), Policy())


@pytest.mark.parametrize("text", ["", " ", "...", "[Music]", "(silence)", "♪ la la", "*sighs*"])
def test_what_is_no_speech_does_not_pass(text: str):
    assert not is_plausible(heard(text), Policy())


def test_a_model_that_doubts_there_is_speech_and_its_words_is_believed_where_the_ear_doubts_too():
    doubtful = heard("Thank you.", -1.1, no_speech=0.8)
    assert not is_plausible(doubtful, Policy(), voice=0.6)
    assert is_plausible(doubtful, Policy(), voice=0.95)
    assert is_plausible(heard("Thank you.", -0.4, no_speech=0.8), Policy(), voice=0.6)


def test_words_that_the_model_does_not_believe_itself_do_not_pass():
    assert not is_plausible(heard("Thank you.", -1.9), Policy(), voice=1.0)


def test_a_text_that_only_repeats_itself_does_not_pass():
    assert not is_plausible(heard("the cat sat on the mat and " * 8), Policy())


def test_a_loop_is_cut_to_two_rounds_and_the_true_start_kept():
    assert without_loop([7, 8, *[1, 2, 3] * 9]) == [7, 8, 1, 2, 3, 1, 2, 3]
    assert without_loop([5] * 40) == [5, 5]


def test_repetition_that_people_say_is_no_loop():
    five_five = [5, 6, 5, 6]
    no_no_no_no = [1, 2] * 4
    assert without_loop(five_five) == five_five
    assert without_loop(no_no_no_no) == no_no_no_no
    assert not ends_in_loop(no_no_no_no)


def test_decoding_may_stop_when_its_end_repeats():
    assert ends_in_loop([9, 9, *[1, 2, 3, 4] * 4])
    assert not ends_in_loop(list(range(30)))


def test_words_are_stable_after_three_agreeing_decodes():
    agreement = Agreement()
    assert agreement.accept("and so") == 0
    assert agreement.accept("and so my") == 0
    assert agreement.accept("And so, my fellow") == len("And so,")


def test_case_and_punctuation_do_not_count_as_disagreement():
    agreement = Agreement()
    for text in ("And so", "and, so my", "And so my"):
        stable = agreement.accept(text)
    assert stable == len("And so")


def test_words_that_three_decodes_agreed_on_stay_stable_when_later_ones_waver():
    agreement = Agreement()
    for text in ("one two three", "one two three four", "one two three four five"):
        stable = agreement.accept(text)
    assert stable == len("one two three")
    assert agreement.accept("one two tree four five six") == len("one two tree")


def test_stable_counts_code_points_of_any_script():
    agreement = Agreement()
    for _ in range(3):
        stable = agreement.accept("नमस्ते दोस्तों")
    assert stable == len("नमस्ते")
