"""Which of the allowed languages somebody speaks."""

from collections.abc import Sequence

from tritone_models.speech.hypothesis import DecodeRequest

LIKELY = 3.0
"""How much more probable the session's own language is than a new one."""
READ_AS = {"ur": "hi"}
"""Spoken Urdu and Hindi are one to Whisper: where only one is allowed, it gets both shares."""


def most_likely(shares: Sequence[tuple[str, float]], request: DecodeRequest) -> tuple[str, float]:
    """The language of (`<|xx|>`, share) pairs that a request allows, with its share among those."""
    weights: dict[str, float] = {}
    for token, share in shares:
        name = token[2:-2]
        if request.allowed and name not in request.allowed:
            name = READ_AS.get(name, name)
            if name not in request.allowed:
                continue
        leaning = LIKELY if name == request.likely else 1.0
        weights[name] = weights.get(name, 0.0) + share * leaning
    if not weights:
        # Weights converted without their list of languages cannot tell them apart.
        return request.likely or next(iter(request.allowed), "en"), 0.0
    best = max(weights, key=lambda name: weights[name])
    return best, weights[best] / (sum(weights.values()) or 1.0)
