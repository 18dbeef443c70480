"""How much louder each voice must be to reach the common loudness.

Decibels towards -16 LUFS (ITU-R BS.1770-4, gated), measured by `python -m bench.loudness` over the
sentences in it; constant, so that a whisper stays a whisper. Peaks above the knee are bent
(`joins.py`).
"""

GAINS_DB: dict[str, dict[str, float]] = {
    "piper": {"joe": 0.0},
}


def gain_of(model: str, voice: str) -> float:
    """A factor; 1 for a voice that was never measured."""
    return 10 ** (GAINS_DB.get(model, {}).get(voice, 0.0) / 20)
