"""Checkpoints are read in both of PyTorch's formats, and nothing in them is run."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.lip_sync import checkpoints
from tritone_models.wav2lip.checkpoint import UnsafeCheckpointError, read_tensors

TENSORS = {
    "some.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "turned.weight": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "half.bias": np.array([0.5, -1.5], np.float16),
    "counts": np.array(7, np.int64),
    **{f"more.{at}": np.full(at, at, np.float32) for at in range(1, 12)},
}
FORMATS = [checkpoints.write_archive, checkpoints.write_row]
Write = Callable[[Path, checkpoints.Tensors], None]


@pytest.mark.parametrize("write", FORMATS)
def test_every_tensor_comes_back_by_its_name_without_the_prefix(tmp_path: Path, write: Write):
    tensors = {name: np.ascontiguousarray(values) for name, values in TENSORS.items()}
    write(tmp_path / "some.pth", tensors)
    read = read_tensors(tmp_path / "some.pth")
    assert list(read) == list(tensors)
    for name, values in tensors.items():
        assert read[name].dtype == values.dtype
        np.testing.assert_array_equal(read[name], values)


def test_a_tensor_that_is_stored_turned_comes_back_upright(tmp_path: Path, monkeypatch):  # noqa: ANN001
    turned = {"turned": np.asfortranarray(TENSORS["turned.weight"])}
    monkeypatch.setattr(np, "ascontiguousarray", lambda values: values.T)
    checkpoints.write_archive(tmp_path / "some.pth", turned)
    monkeypatch.undo()
    np.testing.assert_array_equal(read_tensors(tmp_path / "some.pth")["turned"], turned["turned"])


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("torch", "load"),
        ("numpy", "load"),
        ("torch._utils", "__builtins__"),
        ("tritone_models.wav2lip.checkpoint", "read_tensors"),
    ],
)
def test_a_checkpoint_that_wants_to_call_anything_is_refused(
    tmp_path: Path, module: str, name: str
):
    mark = tmp_path / "was_run"
    call = checkpoints.calling(module, name, f"touch {mark}")
    (tmp_path / "archive.pth").write_bytes(checkpoints.archive_of(call))
    row = b"".join(pickle.dumps(value, 2) for value in (checkpoints.MAGIC, 1001))
    (tmp_path / "row.pth").write_bytes(row + call)
    (tmp_path / "first.pth").write_bytes(call)
    for file in ("archive.pth", "row.pth", "first.pth"):
        with pytest.raises(UnsafeCheckpointError, match=name):
            read_tensors(tmp_path / file)
    assert not mark.exists()


@pytest.mark.parametrize("write", FORMATS)
def test_a_checkpoint_cut_short_is_refused(tmp_path: Path, write: Write):
    write(tmp_path / "whole.pth", TENSORS)
    whole = (tmp_path / "whole.pth").read_bytes()
    for length in (0, 10, len(whole) // 3, len(whole) - 3):
        (tmp_path / "cut.pth").write_bytes(whole[:length])
        with pytest.raises(UnsafeCheckpointError):
            read_tensors(tmp_path / "cut.pth")


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(tmp_path: Path, monkeypatch):  # noqa: ANN001
    monkeypatch.setattr(checkpoints, "_plain", _with_larger_shape(checkpoints._plain))
    checkpoints.write_archive(tmp_path / "some.pth", {"some": np.zeros((2, 3), np.float32)})
    with pytest.raises(UnsafeCheckpointError, match="beyond"):
        read_tensors(tmp_path / "some.pth")


def _with_larger_shape(plain: Callable[[object], bytes]) -> Callable[[object], bytes]:
    return lambda value: plain((2_000, 3) if value == (2, 3) else value)


def test_other_files_are_refused(tmp_path: Path):
    for content in (b"GIF89a", pickle.dumps({"state_dict": {}}), checkpoints.archive_of(b"no")):
        (tmp_path / "some.pth").write_bytes(content)
        with pytest.raises(UnsafeCheckpointError):
            read_tensors(tmp_path / "some.pth")
