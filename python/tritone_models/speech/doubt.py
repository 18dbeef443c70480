"""Which finals deserve a second hearing, and which second hearing deserves belief."""

from tritone_models.speech.filters import is_plausible
from tritone_models.speech.hypothesis import SAMPLE_RATE, Hypothesis
from tritone_models.speech.policy import Policy
from tritone_models.speech.utterance import Utterance


def is_doubtful(heard: Hypothesis, utterance: Utterance, policy: Policy) -> bool:
    """Whether somebody spoke, but `heard` is hardly what was said.

    Without real voice there is no doubt: an empty text is what noise should give.
    """
    voiced = utterance.voiced / SAMPLE_RATE
    if voiced < policy.doubt_voiced_seconds or utterance.voice < policy.doubt_voice:
        return False
    return (
        not is_plausible(heard, policy, utterance.voice)
        or heard.log_probability < policy.doubt_log_probability
        or _letters(heard) < policy.doubt_letters_per_second * voiced
    )


def is_trusted(second: Hypothesis, utterance: Utterance, policy: Policy) -> bool:
    """Whether a rescuer's text may be shown: it is held to more than a first verdict is."""
    return (
        is_plausible(second, policy, utterance.voice)
        and second.log_probability >= policy.rescue_log_probability
        and second.no_speech <= policy.rescue_no_speech
    )


def _letters(heard: Hypothesis) -> int:
    return sum(character.isalnum() for character in heard.text)
