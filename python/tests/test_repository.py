"""What the model repository declares is what the models are."""

import re
from pathlib import Path

import pytest

from tests.data import CHECKOUT, need_weights

REPOSITORY = CHECKOUT / "model-repository"
SPEECH = ("moonshine", "whisper_live", "whisper_large_v3", "indic_whisper")


def parameters(model: str) -> dict[str, str]:
    text = (REPOSITORY / model / "config.pbtxt").read_text()
    pairs = re.findall(r'key: "(\w+)" value \{ string_value: "([^"]*)" \}', text)
    return dict(pairs)


@pytest.mark.parametrize("model", [*SPEECH, "canary"])
def test_a_folder_holds_a_config_and_one_small_model(model: str):
    config = (REPOSITORY / model / "config.pbtxt").read_text()
    assert f'name: "{model}"' in config
    assert "decoupled: true" in config
    source = REPOSITORY / model / "1" / "model.py"
    assert len(source.read_text().splitlines()) < 30


@pytest.mark.parametrize("model", SPEECH)
def test_a_recogniser_declares_what_the_catalogue_reads(model: str):
    declared = parameters(model)
    assert declared["capability"] == "speech-to-text"
    assert declared["sample_rate"] == "16000"
    assert int(declared["max_sessions"]) < 64
    assert declared["license"]
    if declared["experimental"] == "true":  # all of them
        return
    experimental = set(filter(None, declared["experimental"].split(",")))
    assert experimental <= set(declared["languages"].split(","))


def test_the_languages_of_whisper_are_those_of_its_vocabulary():
    pytest.importorskip("tokenizers", reason="the models' libraries are not installed")
    from tritone_models.recognisers.whisper_tokens import WhisperTokens

    declared = parameters("whisper_live")
    folder = need_weights(declared["weights"]) / declared["weights"]
    tokens = WhisperTokens.read(Path(folder), multilingual=True)
    assert declared["languages"].split(",") == list(tokens.languages)
