"""What the rescue and the second pass share: another recogniser, asked one thing at a time."""

import traceback

from tritone_models.speech.hypothesis import DecodeRequest, Hypothesis, Recogniser

MOST_WAITING = 8
"""Utterances that wait for a second opinion; beyond it the oldest keeps its first."""


def second_opinion(recogniser: Recogniser, request: DecodeRequest) -> Hypothesis | None:
    """A second opinion that fails is none: the first one stands."""
    try:
        return recogniser.decode([request])[0]
    except Exception:
        traceback.print_exc()
        return None
