"""Converted weights are those that the whisper tests compare with the reference implementation."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ctranslate2", reason="the models' libraries are not installed")
pytest.importorskip("tokenizers", reason="the models' libraries are not installed")

from tests.conversion.checkpoints import published_names, write_safetensors
from tests.lip_sync.checkpoints import write_archive
from tests.whisper import networks
from tritone_models.conversion.tensors import WrongCheckpointError, read_checkpoint
from tritone_models.conversion.whisper import main

LANGUAGES = ["en", "hi", "ta"]
SHAPE = networks.Shape(mels=80, vocabulary=51_865, layers=3)
CONFIG = {
    "encoder_layers": SHAPE.layers,
    "decoder_layers": SHAPE.layers,
    "encoder_attention_heads": SHAPE.heads,
    "decoder_attention_heads": SHAPE.heads,
}


class Scene:
    """A published checkpoint with what stands beside it, and the same weights written directly."""

    def __init__(self, folder: Path) -> None:
        self.weights = networks.random_weights(SHAPE, seed=5)
        self.tensors = published_names(self.weights)
        self.direct = folder / "direct"
        tokenizer = networks.tokenizer_of(LANGUAGES, SHAPE.vocabulary)
        networks.save(self.weights, self.direct, tokenizer, LANGUAGES)
        written = json.loads((self.direct / "config.json").read_text())
        generation = {
            "begin_suppress_tokens": written["suppress_ids_begin"],
            "suppress_tokens": written["suppress_ids"],
            "alignment_heads": written["alignment_heads"],
        }
        self.folder = folder
        (folder / "config.json").write_text(json.dumps(CONFIG))
        (folder / "generation_config.json").write_text(json.dumps(generation))

    def convert(self, checkpoint: Path, into: Path, quantization: str = "float32") -> int:
        beside = {
            "--checkpoint": checkpoint,
            "--config": self.folder / "config.json",
            "--generation": self.folder / "generation_config.json",
            "--tokenizer": self.direct / "tokenizer.json",
            "--quantization": quantization,
        }
        return main([*(str(word) for pair in beside.items() for word in pair), str(into)])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("published"))


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
def test_a_checkpoint_becomes_the_same_bytes_as_the_weights_written_directly(
    scene: Scene, tmp_path: Path, suffix: str
) -> None:
    checkpoint = tmp_path / f"model{suffix}"
    write = write_safetensors if suffix == ".safetensors" else write_archive
    write(checkpoint, scene.tensors)
    assert scene.convert(checkpoint, tmp_path / "mine") == 0
    for name in ("model.bin", "vocabulary.json", "tokenizer.json"):
        assert (tmp_path / "mine" / name).read_bytes() == (scene.direct / name).read_bytes(), name
    read = [
        json.loads((at / "config.json").read_text()) for at in (tmp_path / "mine", scene.direct)
    ]
    assert read[0] == read[1]


def test_half_precision_is_half_as_big(scene: Scene, tmp_path: Path) -> None:
    write_safetensors(tmp_path / "model.safetensors", scene.tensors)
    assert scene.convert(tmp_path / "model.safetensors", tmp_path / "mine", "float16") == 0
    whole = (scene.direct / "model.bin").stat().st_size
    assert (tmp_path / "mine" / "model.bin").stat().st_size == pytest.approx(whole / 2, rel=0.05)


def test_what_is_no_whisper_is_told_in_a_sentence(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without = dict(scene.tensors)
    del without["model.decoder.layers.1.fc1.bias"]
    write_safetensors(tmp_path / "model.safetensors", without)
    assert scene.convert(tmp_path / "model.safetensors", tmp_path / "mine") == 1
    assert "no checkpoint of a Whisper: no 'model.decoder.layers.1.fc1.bias'" in (
        capsys.readouterr().err
    )
    assert not (tmp_path / "mine").exists()


def test_a_file_that_is_cut_off_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    write_safetensors(path, {"a": np.ones(8, np.float32)})
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(WrongCheckpointError, match="cut off at a"):
        read_checkpoint(path)
    write_safetensors(path, {"a": np.ones(8, np.int64)})
    with pytest.raises(WrongCheckpointError, match="of type I64"):
        read_checkpoint(path)
    path.write_bytes(b"<html>404</html>")
    with pytest.raises(WrongCheckpointError, match="no file of safetensors"):
        read_checkpoint(path)
