"""Weights of one language each: the right ones listen, and few are in memory."""

import threading
from pathlib import Path

import pytest

pytest.importorskip("ctranslate2", reason="the models' libraries are not installed")
pytest.importorskip("tokenizers", reason="the models' libraries are not installed")

from tests.test_repository import parameters as declared_in
from tests.whisper import networks
from tests.whisper.test_large import sound
from tritone_models.parameters import Parameters
from tritone_models.recognisers.borrowed import Borrowed
from tritone_models.recognisers.indic_whisper import IndicWhisper
from tritone_models.recognisers.whisper import Whisper
from tritone_models.speech.hypothesis import DecodeRequest
from tritone_models.weights import WeightsMissingError

KNOWN = ["en", "hi", "ta", "te"]
SHAPE = networks.Shape(mels=80, layers=1, width=16, heads=2)
BASE = {"device": "cpu", "compute_type": "float32", "workers": "1", "window_seconds": "4"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("weights")
    tokenizer = networks.tokenizer_of(KNOWN)
    for seed, name in enumerate(("hi", "ta", "or", "detector")):
        networks.save(networks.random_weights(SHAPE, seed), place / name, tokenizer, KNOWN)
    return place


def load(home: Path, weights: str, **more: str) -> IndicWhisper:
    detector = {"detector_weights": str(home / "detector"), "detector_compute_type": "float32"}
    values = {**BASE, **detector, "weights": weights, **more}
    return IndicWhisper.load(Parameters("indic_whisper", values, {}))


def pairs(home: Path, *languages: str) -> str:
    return ", ".join(f"{language}={home / language}" for language in languages)


def alone(home: Path, name: str) -> Whisper:
    return Whisper.load(Parameters("test", {**BASE, "weights": str(home / name)}, {}))


def test_languages_are_those_whose_weights_are_installed(home: Path):
    assert load(home, pairs(home, "hi", "bn", "ta")).languages == ("hi", "ta")


def test_without_any_weights_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TRITONE_MODELS_DIR", str(tmp_path))
    declared = Parameters("indic_whisper", declared_in("indic_whisper"), {})
    with pytest.raises(WeightsMissingError, match=r"indic-whisper-bn.*docs/models.md says how"):
        IndicWhisper.load(declared)


def test_weights_without_a_language_are_refused():
    with pytest.raises(ValueError, match="pairs as"):
        IndicWhisper.load(Parameters("indic_whisper", {"weights": "indic-whisper-hi"}, {}))


def test_each_language_is_heard_by_its_own_weights(home: Path):
    indic = load(home, pairs(home, "hi", "ta"))
    requests = [DecodeRequest(sound(seed), language) for seed, language in enumerate(("ta", "hi"))]
    expected = [
        alone(home, "ta").decode(requests[:1])[0],
        alone(home, "hi").decode(requests[1:])[0],
    ]
    heard = indic.decode(requests)
    assert [each.text for each in heard] == [each.text for each in expected]
    assert [each.language for each in heard] == ["ta", "hi"]
    assert heard[0].text != alone(home, "hi").decode(requests[:1])[0].text


def test_the_detector_says_which_of_several_is_spoken(home: Path):
    indic = load(home, pairs(home, "hi", "ta"))
    told = set()
    for seed in range(6):
        [heard] = indic.decode([DecodeRequest(sound(seed), allowed=("hi", "ta"))])
        language, share = alone(home, "detector").detect(sound(seed), ("hi", "ta"))
        assert (heard.language, heard.language_confidence) == (language, share)
        told.add(language)
    assert told


def test_without_a_detector_the_session_keeps_its_language(home: Path):
    indic = load(home, pairs(home, "hi", "ta"), detector_weights=str(home / "nothing"))
    [heard] = indic.decode([DecodeRequest(sound(0), allowed=("hi", "ta"), likely="ta")])
    assert (heard.language, heard.language_confidence) == ("ta", 0.0)


def test_odia_which_whisper_does_not_know_goes_without_a_language_token(home: Path):
    [heard] = load(home, pairs(home, "or")).decode([DecodeRequest(sound(0), "or", words=True)])
    assert heard.language == "or"
    tokens = alone(home, "or")._tokens
    assert len(tokens.start("or")) == len(tokens.start("hi")) - 1


def test_no_more_than_allowed_are_in_memory_and_the_longest_unused_goes(home: Path):
    indic = load(home, pairs(home, "hi", "ta", "or"), loaded="2")
    for language in ("hi", "ta", "hi", "or"):
        indic.decode([DecodeRequest(sound(0), language)])
        assert len(indic.loaded) <= 2
    assert indic.loaded == ("hi", "or")


def test_who_wants_another_waits_until_one_is_free():
    loaded: list[str] = []
    most = 0

    def load_one(name: str) -> str:
        loaded.append(name)
        return name

    things = Borrowed(load_one, 2)
    started = threading.Barrier(6)

    def use(name: str) -> None:
        nonlocal most
        started.wait()
        for _ in range(50):
            with things.borrow(name) as thing:
                assert thing == name
                most = max(most, len(things.names))

    threads = [threading.Thread(target=use, args=(name,)) for name in ("a", "b", "c") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    assert most == 2
    assert set(loaded) == {"a", "b", "c"}


def test_weights_that_do_not_load_take_no_place():
    def refuse(name: str) -> str:
        if name == "bad":
            raise RuntimeError("broken")
        return name

    things = Borrowed(refuse, 1)
    for _ in range(2):
        with pytest.raises(RuntimeError), things.borrow("bad"):
            pass
    with things.borrow("good") as thing:
        assert thing == "good"
    assert things.names == ("good",)
