"""The model wav2lip: made from a checkpoint, loaded, drawing for several avatars at once."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="the models' libraries are not installed")
pytest.importorskip("cv2", reason="the models' libraries are not installed")

from bench.lips.folders import ask, text
from tests.data import CHECKOUT
from tests.lip_sync import checkpoints, faces, reference
from tritone_models.errors import BadOptionsError
from tritone_models.face.package import BadPackageError, PreparedFace
from tritone_models.lip_sync import LipSync
from tritone_models.lips.model import DrawRequest
from tritone_models.parameters import Parameters
from tritone_models.wav2lip.export import LICENCE, main
from tritone_models.wav2lip.mel import AHEAD, BEHIND, MelWindow
from tritone_models.wav2lip.model import KEPT_CROPS, Wav2Lip, Wav2LipFace
from tritone_models.weights import WeightsMissingError

TENSORS = checkpoints.random_weights(seed=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights, exported from a checkpoint in the format of the public one."""
    home = tmp_path_factory.mktemp("weights")
    checkpoints.write_row(home / "wav2lip.pth", TENSORS)
    given = [str(home / "wav2lip.pth"), str(home / "wav2lip")]
    assert main([*given, "--accept-non-commercial"]) == 0
    return home / "wav2lip"


@pytest.fixture(scope="module")
def model(folder: Path) -> Wav2Lip:
    return Wav2Lip.load(Parameters("wav2lip", {"weights": str(folder)}, {}))


def request_of(face: Wav2LipFace, seed: int, base: int = 0) -> DrawRequest[Wav2LipFace]:
    rng = np.random.default_rng(seed)
    audio = rng.integers(-9_000, 9_000, BEHIND + AHEAD).astype(np.int16)
    return DrawRequest(face, 640 * seed, base, audio)


def test_a_mouth_is_what_the_layers_draw_of_the_face_and_the_sound(model: Wav2Lip):
    face = model.open(faces.prepared(), 25)
    request = request_of(face, seed=9)
    (mouth,) = model.draw([request])
    mel = MelWindow()(request.audio, request.sample)
    drawn = reference.draw(TENSORS, mel[None, None], face.picture(0)[None])
    expected = face.framing.patch(drawn[0])
    assert np.abs(mouth.rgba.astype(int) - expected.astype(int)).max() <= 1
    np.testing.assert_array_equal(mouth.to_head, face.framing.to_head)
    assert mouth.rgba[..., :3].std() > 1


def test_avatars_drawn_together_look_as_drawn_alone(model: Wav2Lip):
    opened = [model.open(faces.prepared(), 25), model.open(faces.prepared(crops=3), 25)]
    requests = [request_of(opened[at % 2], seed=at, base=at % 3) for at in range(5)]
    together = model.draw(requests)
    for request, mouth in zip(requests, together, strict=True):
        (alone,) = model.draw([request])
        assert np.abs(mouth.rgba.astype(int) - alone.rgba.astype(int)).max() <= 1


def test_a_video_shows_the_mouth_of_its_own_frame(model: Wav2Lip):
    face = model.open(faces.prepared(crops=3, frames=3), 25)
    assert [round(float(face.picture(base)[5].mean()) * 255 / 40) for base in range(3)] == [0, 1, 2]


def test_of_a_long_video_not_every_frame_is_kept(model: Wav2Lip):
    short = faces.prepared(crops=2, frames=2)
    count = KEPT_CROPS + 6
    long = PreparedFace(
        512,
        25,
        (short.crops[0],) * count,
        np.repeat(short.landmarks[:1], count, axis=0),
        np.repeat(short.transforms[:1], count, axis=0),
    )
    face = model.open(long, 25)
    for base in range(count):
        face.terms(base)
    assert len(face._seen) == KEPT_CROPS


def test_a_crop_that_is_no_picture_is_refused_at_the_start(model: Wav2Lip):
    whole = faces.prepared()
    damaged = PreparedFace(512, 25, (b"no picture",), whole.landmarks, whole.transforms)
    with pytest.raises(BadPackageError):
        model.open(damaged, 25)


def test_a_client_is_told_so_by_the_code_of_bad_options(model: Wav2Lip):
    service = LipSync(Parameters("wav2lip", {}), model)
    whole = faces.prepared()
    damaged = PreparedFace(512, 25, (b"no picture",), whole.landmarks, whole.transforms)
    with pytest.raises(BadOptionsError, match="no JPEG"):
        ask(service, {"AVATAR": text(damaged.to_bytes()), "AUDIO": np.zeros((1, 0), np.int16)})
    service.close()


def test_on_a_cpu_threads_draw_single_mouths(folder: Path):
    chosen = {"weights": str(folder), "workers": "3", "device": "cpu"}
    model = Wav2Lip.load(Parameters("wav2lip", chosen, {}))
    assert (model.workers, model.batch) == (3, 1)


def test_without_weights_it_says_why_and_where_to_read_how(tmp_path: Path):
    with pytest.raises(WeightsMissingError, match=r"forbids commercial use.*docs/models\.md"):
        Wav2Lip.load(Parameters("wav2lip", {"weights": str(tmp_path)}, {}))
    section = (CHECKOUT / "docs" / "models.md").read_text()
    assert "## Lip-sync models" in section


def test_the_export_needs_the_licence_to_be_accepted_and_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main([str(tmp_path / "some.pth"), str(tmp_path / "wav2lip")]) == 2
    shown = capsys.readouterr()
    assert shown.out == LICENCE
    assert "--accept-non-commercial" in shown.err
    assert not (tmp_path / "wav2lip").exists()


def test_the_export_needs_numpy_alone():
    script = "import sys, tritone_models.wav2lip.export; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT / "python", capture_output=True, check=True
    )
    loaded = set(run.stdout.decode().split())
    assert not loaded & {"cv2", "onnxruntime", "torch", "onnx", "ctranslate2"}


def test_the_licence_lies_beside_the_weights(folder: Path):
    assert (folder / "LICENSE").read_text() == LICENCE
    assert sorted(file.name for file in folder.iterdir()) == [
        "LICENSE",
        "face.onnx",
        "mouth.onnx",
    ]


def test_the_export_refuses_other_checkpoints_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "other.pth"
    checkpoints.write_archive(file, {"weight": np.zeros(3, np.float32)})
    assert main([str(file), str(tmp_path / "to"), "--accept-non-commercial"]) == 1
    assert "no tensor 'face_encoder_blocks.0.0.conv_block.0.weight'" in capsys.readouterr().err
    assert main([str(tmp_path / "none"), str(tmp_path / "to"), "--accept-non-commercial"]) == 1
    assert not (tmp_path / "to").exists()


def test_the_folder_of_the_model_declares_what_the_catalogue_reads():
    folder = CHECKOUT / "model-repository" / "wav2lip"
    config = (folder / "config.pbtxt").read_text()
    declared = dict(re.findall(r'key: "(\w+)" value \{ string_value: "([^"]*)" \}', config))
    assert declared["capability"] == "lip-sync"
    assert "no commercial use" in declared["license"]
    assert declared["weights"] == "wav2lip"
    assert int(declared["max_sessions"]) < 64
    assert len((folder / "1" / "model.py").read_text().splitlines()) < 30
