"""Where speech and weights lie; tests that need them skip with a sentence where they are absent."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def speech(name: str) -> Path:
    home = Path(os.environ.get("TRITONE_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
    file = home / "speech" / name
    if not file.exists():
        pytest.skip(f"no test speech at {file}: set TRITONE_TEST_DATA")
    return file


def need_weights(*names: str) -> Path:
    home = os.environ.get("TRITONE_MODELS_DIR")
    if not home:
        pytest.skip("TRITONE_MODELS_DIR is not set: no weights to test with")
    for name in names:
        if not (Path(home) / name).is_dir():
            pytest.skip(f"weights '{name}' are not installed in TRITONE_MODELS_DIR")
    return Path(home)
