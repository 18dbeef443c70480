"""What a recogniser says that nobody said."""

import zlib
from collections.abc import Sequence
from typing import TypeVar

from tritone_models.speech.hypothesis import Hypothesis
from tritone_models.speech.policy import Policy

Token = TypeVar("Token", int, str)

LOOP_REPEATS = 4
LOOP_TOKENS = 16
LONGEST_LOOP_UNIT = 12
LEAST_WORDS_TO_COMPRESS = 8
MOST_COMPRESSION = 2.4
"""A text that compresses better repeats itself (Whisper's own threshold)."""


def is_plausible(heard: Hypothesis, policy: Policy, voice: float = 1.0) -> bool:
    """Whether `heard` may be shown. Short true utterances ("five five") must pass.

    `voice`: how sure the voice-activity detector is, 0..1. A recogniser's doubt whether there was
    speech counts only where the detector shares it.
    """
    text = heard.text.strip()
    if not any(character.isalnum() for character in text) or text[0] in "([♪*":
        return False
    if heard.log_probability < policy.least_log_probability:
        return False
    if (
        voice < policy.sure_voice
        and heard.no_speech > policy.no_speech
        and heard.log_probability < policy.no_speech_log_probability
    ):
        return False
    return not repeats_itself(text)


def repeats_itself(text: str) -> bool:
    if len(text.split()) < LEAST_WORDS_TO_COMPRESS:
        return False
    raw = text.encode()
    return len(zlib.compress(raw)) * MOST_COMPRESSION < len(raw)


def without_loop(tokens: Sequence[Token]) -> list[Token]:
    """Cuts a decoder's loop down to two rounds and drops what follows it.

    A loop is a run of one unit, four times or more and 16 tokens or more: "no, no, no, no" is
    speech.
    """
    for start in range(len(tokens)):
        for unit in range(1, LONGEST_LOOP_UNIT + 1):
            length = _run_length(tokens, start, unit)
            if length >= LOOP_REPEATS * unit and length >= LOOP_TOKENS:
                return list(tokens[: start + 2 * unit])
    return list(tokens)


def ends_in_loop(tokens: Sequence[int]) -> bool:
    """Whether the newest tokens repeat one unit so often that decoding may stop."""
    for unit in range(1, LONGEST_LOOP_UNIT + 1):
        span = max(LOOP_REPEATS * unit, LOOP_TOKENS)
        if len(tokens) >= span:
            end = tokens[-span:]
            if all(end[index] == end[index - unit] for index in range(unit, span)):
                return True
    return False


def _run_length(tokens: Sequence[Token], start: int, unit: int) -> int:
    """Tokens from `start` on that repeat with period `unit`."""
    end = start + unit
    while end < len(tokens) and tokens[end] == tokens[end - unit]:
        end += 1
    return end - start if end > start + unit else 0
