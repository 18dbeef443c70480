"""The network that is run draws what the published one draws."""

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="the models' libraries are not installed")

from tests.lip_sync import checkpoints, reference
from tritone_models.recognisers.onnx_session import open_session
from tritone_models.wav2lip.layers import LAYERS
from tritone_models.wav2lip.network import TERMS, Graphs, WrongCheckpointError, build, rows_needed

CLOSE = 1e-5


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    return checkpoints.random_weights()


@pytest.fixture(scope="module")
def given() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    return {
        "mel": rng.uniform(-4, 4, (3, 1, 80, 16)).astype(np.float32),
        "faces": rng.uniform(0, 1, (3, 6, 96, 96)).astype(np.float32),
    }


@pytest.fixture(scope="module")
def expected(weights: dict[str, np.ndarray], given: dict[str, np.ndarray]) -> np.ndarray:
    return reference.draw(weights, **given)


def draw(graphs: Graphs, given: dict[str, np.ndarray]) -> np.ndarray:
    face, mouth = open_session(graphs.face), open_session(graphs.mouth)
    terms = face.run(list(TERMS), {"faces": given["faces"]})
    inputs = {"mel": given["mel"], **dict(zip(TERMS, terms, strict=True))}
    return mouth.run(["mouths"], inputs)[0]


def test_it_has_the_36_million_weights_of_the_published_network(weights: dict[str, np.ndarray]):
    learnt = [values.size for name, values in weights.items() if "running" not in name]
    assert len(LAYERS) == 18 + 13 + 18 + 2
    assert 36.2e6 < sum(learnt) < 36.4e6


def test_what_it_draws_depends_on_sound_and_face(
    weights: dict[str, np.ndarray], given: dict[str, np.ndarray], expected: np.ndarray
):
    """Else agreement would mean nothing."""
    for name in given:
        swapped = {**given, name: given[name][::-1]}
        other = reference.draw(weights, **swapped)
        assert np.abs(other - expected)[0].max() > 100 * CLOSE


@pytest.mark.parametrize("first_row", [0, 1, 47, 48, 60])
def test_the_graph_draws_what_the_layers_do_one_by_one(
    weights: dict[str, np.ndarray],
    given: dict[str, np.ndarray],
    expected: np.ndarray,
    first_row: int,
):
    drawn = draw(build(weights, first_row), given)
    assert drawn.shape == (3, 3, 96 - first_row, 96)
    np.testing.assert_allclose(drawn, expected[:, :, first_row:], atol=CLOSE)


def test_drawing_together_is_drawing_alone(
    weights: dict[str, np.ndarray], given: dict[str, np.ndarray]
):
    graphs = build(weights, 48)
    together = draw(graphs, given)
    for at in range(3):
        alone = {name: values[at : at + 1] for name, values in given.items()}
        np.testing.assert_allclose(draw(graphs, alone)[0], together[at], atol=CLOSE)


def test_the_whole_picture_needs_every_row_of_every_layer():
    assert set(rows_needed(0).values()) == {0}


def test_a_checkpoint_of_another_network_is_refused_by_the_tensor_that_differs(
    weights: dict[str, np.ndarray],
):
    name = "face_decoder_blocks.6.2.conv_block.1.running_var"
    without = {key: values for key, values in weights.items() if key != name}
    with pytest.raises(WrongCheckpointError, match=name):
        build(without)
    with pytest.raises(WrongCheckpointError, match=name):
        build({**weights, name: weights[name][:-1]})
