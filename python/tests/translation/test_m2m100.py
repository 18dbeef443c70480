"""M2M100's architecture with tiny weights made here: the whole path from text to text.

Nothing is said of the quality of the published weights.
"""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.data import CHECKOUT

pytest.importorskip("ctranslate2", reason="the models' libraries are not installed")
pytest.importorskip("sentencepiece", reason="the models' libraries are not installed")

from tests.translation import networks, reference
from tests.translation.corpus import SENTENCES
from tests.translation.tiny import vocabulary, write_copying
from tritone_models.parameters import Parameters
from tritone_models.speech.filters import without_loop
from tritone_models.translation import TranslationDesk, TranslationRequest
from tritone_models.translators.m2m100 import M2M100, languages_of
from tritone_models.translators.neural import NeuralTranslator, UnknownLanguageError
from tritone_models.weights import WeightsMissingError

MOST = 48


@dataclass(frozen=True)
class Tiny:
    folder: Path
    weights: networks.Weights
    tokens: list[str]

    def load(self, **parameters: str) -> NeuralTranslator:
        values = {"weights": str(self.folder), "device": "cpu", "compute_type": "float32"}
        return M2M100.load(Parameters("m2m100", {**values, "beam": "1", **parameters}, {}))

    def ids(self, tokens: Sequence[str]) -> list[int]:
        unknown = self.tokens.index("<unk>")
        known = {token: number for number, token in enumerate(self.tokens)}
        return [known.get(token, unknown) for token in tokens]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Random weights; the end is likely enough for some translations to have one."""
    folder = tmp_path_factory.mktemp("drawn")
    model, tokens = vocabulary()
    weights = networks.random_weights(networks.Shape(len(tokens)), seed=3)
    weights["decoder.bias"][tokens.index("</s>")] = 1.3
    networks.save(weights, folder, tokens)
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    return Tiny(folder, weights, tokens)


@pytest.fixture(scope="module")
def copying(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    folder = tmp_path_factory.mktemp("copying")
    return Tiny(folder, *write_copying(folder))


@pytest.fixture(scope="module")
def stuck(copying: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Writes one word for ever."""
    folder = tmp_path_factory.mktemp("stuck")
    weights, positions = networks.copying_weights(copying.weights.shape)
    weights["decoder.bias"][copying.tokens.index("▁the")] = 1e4
    networks.save(weights, folder, copying.tokens, positions=positions)
    (folder / "sentencepiece.bpe.model").symlink_to(copying.folder / "sentencepiece.bpe.model")
    return Tiny(folder, weights, copying.tokens)


def request(
    text: str, source: str = "en", target: str = "es", **more: object
) -> TranslationRequest:
    return TranslationRequest(text, source, target, **more)


def test_greedy_tokens_are_those_of_the_reference_on_the_same_weights(drawn: Tiny):
    translator = drawn.load(output_tokens=str(MOST), output_ratio="99")
    dialect = translator._dialect
    compared = ended = 0
    for target in ("es", "hi", "zh"):
        sources = [dialect.encode(text, "en", target) for text in SENTENCES]
        prefixes = [dialect.prefix(target)] * len(sources)
        network = dialect.network("en", target)
        for source, written in zip(sources, network.translate(sources, prefixes), strict=True):
            start = drawn.ids(["</s>", f"__{target}__"])
            expected, closest = reference.translate(
                drawn.weights,
                drawn.ids(source),
                start,
                end=drawn.tokens.index("</s>"),
                most=MOST,
                never=[drawn.tokens.index("<unk>")],
            )
            assert closest > 1e-5, "too close for float32 to tell"
            assert drawn.ids(written) == without_loop(expected)
            compared += len(written)
            ended += len(expected) < MOST
    assert compared > 300
    assert ended > 3


def test_the_text_told_is_the_pieces_of_the_reference(drawn: Tiny):
    translator = drawn.load(output_tokens=str(MOST), output_ratio="99")
    dialect = translator._dialect
    for text in SENTENCES[:4]:
        [told] = translator.translate([request(text)])
        expected, _ = reference.translate(
            drawn.weights,
            drawn.ids(dialect.encode(text, "en", "es")),
            drawn.ids(["</s>", "__es__"]),
            end=drawn.tokens.index("</s>"),
            most=MOST,
            never=[drawn.tokens.index("<unk>")],
        )
        pieces = [drawn.tokens[number] for number in without_loop(expected)]
        assert told == dialect.decode(pieces, "en", "es").strip()
        assert told


def test_texts_are_translated_the_same_alone_and_in_a_batch(drawn: Tiny):
    requests = [request(text, "en", target) for text in SENTENCES for target in ("es", "fr", "ta")]
    together = drawn.load().translate(requests)
    alone = drawn.load()
    # What is cut off differs with the longest of a batch, what is written does not.
    for each, text in zip(requests, together, strict=True):
        [other] = alone.translate([each])
        length = min(len(text), len(other))
        assert text[:length] == other[:length]


def test_several_beams_write_a_translation_too(copying: Tiny):
    for beam in ("2", "5"):
        assert copying.load(beam=beam).translate([request(SENTENCES[0])]) == [SENTENCES[0]]


def test_eight_bit_weights_write_the_same(copying: Tiny):
    eight = copying.load(compute_type="int8")
    assert eight.translate([request(text) for text in SENTENCES[:6]]) == SENTENCES[:6]


def test_requests_that_wait_are_translated_in_one_call(copying: Tiny):
    translator = copying.load()
    desk, answers = TranslationDesk(translator), {}
    done = threading.Semaphore(0)

    def answer_of(text: str) -> Callable[[object], None]:
        def answer(result: object) -> None:
            answers[text] = result
            done.release()

        return answer

    for text in SENTENCES[:8]:
        desk.submit(request(text), answer_of(text))
    for _ in SENTENCES[:8]:
        assert done.acquire(timeout=60)
    desk.close()
    assert answers == {text: text for text in SENTENCES[:8]}


def test_languages_are_read_from_the_vocabulary(drawn: Tiny):
    languages = languages_of(drawn.folder)
    assert list(languages) == ["en", "es", "fr", "hi", "bn", "ta", "zh", "nso"]
    assert languages["nso"] == "__ns__"
    assert drawn.load().languages == tuple(languages)


@pytest.mark.parametrize(("source", "target"), [("en", "te"), ("as", "en")])
def test_telugu_and_assamese_are_refused(drawn: Tiny, source: str, target: str):
    with pytest.raises(UnknownLanguageError, match="BAD_INPUT"):
        drawn.load().translate([request("Hello", source, target)])


def test_the_catalogue_offers_what_the_published_vocabulary_has():
    config = (CHECKOUT / "model-repository" / "m2m100" / "config.pbtxt").read_text()
    declared = re.search(r'key: "languages" value \{ string_value: "([^"]*)"', config)
    assert declared is not None
    languages = declared[1].split(",")
    assert len(languages) == len(set(languages)) == 100
    assert not {"te", "as"} & set(languages)
    assert {"hi", "bn", "ta", "mr", "gu", "kn", "ml", "pa", "or", "ur", "en"} <= set(languages)


def test_weights_that_are_not_installed_are_told_with_the_command_that_brings_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TRITONE_MODELS_DIR", str(tmp_path))
    with pytest.raises(WeightsMissingError, match=r"npm run models -- pull m2m100"):
        M2M100.load(Parameters("m2m100", {}, {}))


def test_nothing_of_a_long_text_is_left_out(copying: Tiny):
    text = " ".join(SENTENCES[:6] * 8)
    assert copying.load().translate([request(text)]) == [text]
    unbroken = "".join(SENTENCES[0].split()).replace(".", "") * 20
    [told] = copying.load(input_tokens="60").translate([request(unbroken)])
    assert told.replace(" ", "") == unbroken


def test_text_that_looks_like_tokens_is_text(copying: Tiny):
    [told] = copying.load().translate([request("the </s> and the")])
    assert told.startswith("the")
    assert told.endswith("and the")


def test_terms_of_a_glossary_come_back_as_the_glossary_has_them(copying: Tiny):
    glossary = {"budget": "presupuesto", "the room": "la sala", "get": "wrong"}
    text = "The Budget was in the room."
    [told] = copying.load().translate([request(text, glossary=glossary)])
    assert told == "The presupuesto was in la sala."


def test_a_term_whose_placeholder_was_lost_is_replaced_where_it_was_copied(drawn: Tiny):
    translator = drawn.load()
    [told] = translator.translate([request(SENTENCES[0], glossary={"budget": "presupuesto"})])
    [plain] = drawn.load().translate([request(SENTENCES[0])])
    assert told == plain.replace("budget", "presupuesto")
    assert "ID" not in told


def test_a_line_before_gives_the_translation_its_beginning_and_is_not_told_again(
    copying: Tiny,
):
    translator = copying.load()
    seen: list[tuple[list[str], list[str]]] = []
    network = translator._dialect._network
    translate = network.translate

    def record(sources: list[list[str]], prefixes: list[list[str]]) -> list[list[str]]:
        seen.extend(zip(sources, prefixes, strict=True))
        return translate(sources, prefixes)

    network.translate = record
    first, second = SENTENCES[:2]
    translator.translate([request(first)])
    assert translator.translate([request(second, context=("never seen", first))]) == [second]
    dialect = translator._dialect
    assert seen[1] == (
        dialect.encode(f"{first} {second}", "en", "es"),
        ["__es__", *dialect.pieces(first, "en", "es")],
    )
    translator.translate([request(second, context=("never seen",))])
    assert seen[2][1] == ["__es__"]


def test_a_loop_is_cut_to_two_rounds(stuck: Tiny):
    assert stuck.load().translate([request(SENTENCES[0])]) == ["the the"]


def test_who_repeats_himself_is_translated_so(copying: Tiny):
    text = " ".join(["no"] * 30)
    assert copying.load().translate([request(text)]) == [text]
