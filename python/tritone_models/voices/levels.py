"""How much louder each voice must be to reach the common loudness.

Decibels towards -16 LUFS (ITU-R BS.1770-4, gated), measured by `python -m bench.loudness` over the
sentences in it; constant, so that a whisper stays a whisper. Peaks above the knee are bent
(`joins.py`).
"""

GAINS_DB: dict[str, dict[str, float]] = {
    "piper": {
        "joe": 8.8,
    },
    "kokoro": {
        "af_heart": 6.2,
        "af_bella": 5.9,
        "af_nicole": 5.5,
        "af_sarah": 4.0,
        "am_fenrir": 2.5,
        "am_michael": 7.0,
        "am_puck": 1.5,
        "bf_emma": 3.5,
        "bf_isabella": 0.8,
        "bm_fable": 4.8,
        "bm_george": 5.2,
        "hf_alpha": -0.5,
        "hf_beta": 0.5,
        "hm_omega": -0.2,
        "hm_psi": 1.4,
        "ef_dora": 7.3,
        "em_alex": 6.6,
        "ff_siwis": 2.7,
        "if_sara": -2.8,
        "im_nicola": 2.5,
        "pf_dora": 7.4,
        "pm_alex": 6.9,
    },
    "espeak": {
        "hi": 3.2,
        "bn": 1.8,
        "ta": 3.5,
        "te": 3.1,
        "mr": 3.3,
        "gu": 3.0,
        "kn": 2.9,
        "ml": 3.8,
        "pa": 4.1,
        "or": 2.2,
        "as": 2.1,
        "ur": 3.5,
        "en": 3.6,
    },
}


def gain_of(model: str, voice: str) -> float:
    """A factor; 1 for a voice that was never measured."""
    return 10 ** (GAINS_DB.get(model, {}).get(voice, 0.0) / 20)
