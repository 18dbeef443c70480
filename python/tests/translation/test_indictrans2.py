"""IndicTrans2's architecture with tiny weights made here, and its own preparation of text.

Nothing is said of the quality of the published weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("ctranslate2", reason="the models' libraries are not installed")
pytest.importorskip("sentencepiece", reason="the models' libraries are not installed")

from tests.test_repository import parameters as declared_in
from tests.translation import networks, reference
from tests.translation.corpus import ENGLISH
from tritone_models.parameters import Parameters
from tritone_models.speech.filters import without_loop
from tritone_models.translation import TranslationRequest
from tritone_models.translators.indic_scripts import BLOCKS, from_devanagari, to_devanagari
from tritone_models.translators.indic_text import entities, finished, prepared
from tritone_models.translators.indictrans2 import CODES, IndicTrans2
from tritone_models.translators.neural import NeuralTranslator, UnknownLanguageError
from tritone_models.weights import WeightsMissingError

PREPARED = {
    "as": [("আপোনাৰ নাম কি?", "आपोनाৰ नाम कि ?")],
    "bn": [("সভা নয়টায় শুরু হয় এবং এই বছর বাজেট ছোট।", "सभा नय़टाय़ शुरु हय़ एबं एइ बछर बाजेट छोट ।")],
    "gu": [("ભાવ ૧૨૫ રૂ. (આશરે)!", "भाव 125 रू . ( आशरे ) !")],
    "hi": [("उसने कहा, ‘फिर मिलेंगे’ – कल।", "उसने कहा , ' फिर मिलेंगे ' - कल ।")],
    "kn": [("ಬೆಲೆ ೧೨೫ ರೂ., ಸರಿ!", "बॆलॆ 125 रू . , सरि !")],
    "ml": [("അവൻ പറഞ്ഞു.", "अवൻ पऱञ्ञु ."), ("എന്‍റെ പേര്", "ऎൻऱॆ पेर्")],
    "or": [("ବୈଠକ ନଅଟାରେ ଆରମ୍ଭ ହୁଏ।", "बैठक नअटारे आरम्भ हुए ।")],
    "pa": [("ਮੀਟਿੰਗ ਨੌਂ ਵਜੇ ਸ਼ੁਰੂ ਹੁੰਦੀ ਹੈ।", "मीटिੰग नौं वजे स़ुरू हुੰदी है ।")],
    "ta": [("பட்ஜெட் சிறியது.", "पट्जॆट् चिऱियतु .")],
    "te": [("ధర ౧౨౫?", "धर 125 ?")],
    "ur": [("قیمت ۱۲۵ روپے، ٹھیک ہے!", "قیمت 125 روپے ، ٹھیک ہے !")],
    "en": [
        (
            "Mr. Smith paid $1,250.50 in the U.S. last week.",
            "Mr. Smith paid $ 1,250.50 in the U.S. last week .",
        ),
        ("She didn't wait, it's late (again).", "She didn 't wait , it 's late ( again ) ."),
    ],
}
"""As the tools that the published code calls make of them."""
HINDI = [
    "बैठक नौ बजे शुरू होती है और इस साल बजट छोटा है।",
    "कृपया सबको कार्यवृत्त भेज दीजिए जो कमरे में थे।",
]
TELUGU = "సమావేశం తొమ్మిది గంటలకు ప్రారంభమవుతుంది."
TAGS = sorted(CODES.values())
MOST = 40


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [(language, *pair) for language, told in PREPARED.items() for pair in told],
)
def test_text_is_prepared_as_the_weights_were_trained(language: str, text: str, expected: str):
    assert prepared(text, language) == expected


@pytest.mark.parametrize("language", [each for each in PREPARED if each not in ("ml", "en")])
def test_what_is_finished_is_readable_again(language: str):
    for text, expected in PREPARED[language]:
        assert prepared(finished(expected, language), language) == prepared(text, language)


def test_english_closes_up_again():
    for text in (ENGLISH[1], "She didn't wait, it's late (again).", 'He said "no" twice.'):
        assert finished(prepared(text, "en"), "en") == text


def test_scripts_come_back_as_they_were_but_tamil_which_has_fewer_letters():
    for language in BLOCKS:
        letters = "".join(chr(BLOCKS[language] + offset) for offset in range(0x05, 0x4E))
        back = from_devanagari(to_devanagari(letters, language), language)
        assert (back == letters) == (language != "ta")
    assert from_devanagari("गजधफब शष", "ta") == "கஜதபப ஷஷ"


def test_addresses_and_dates_are_no_language():
    text = "Write to a.b@example.org or see https://example.org/x by 15/10/2023, 10:30, not 5."
    assert entities(text) == ["a.b@example.org", "https://example.org/x", "15/10/2023", "10:30"]


@dataclass(frozen=True)
class Tiny:
    folder: Path
    weights: networks.Weights
    source: list[str]
    target: list[str]

    def ids(self, tokens: Sequence[str]) -> list[int]:
        known = {token: number for number, token in enumerate(self.source)}
        return [known.get(token, known["<unk>"]) for token in tokens]


def side(texts: Sequence[str], symbols: Sequence[str] = ()) -> tuple[bytes, list[str]]:
    model = networks.learn_pieces(texts, 300, symbols)
    return model, [*networks.SPECIAL, *TAGS, *networks.pieces_of(model)]


def all_prepared() -> list[str]:
    indic = [prepared(text, "hi") for text in HINDI] + [prepared(TELUGU, "te")]
    return indic + [pair[1] for told in PREPARED.values() for pair in told]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Random weights from English, as fairseq's are laid out: two vocabularies, GELU, norms."""
    folder = tmp_path_factory.mktemp("en-indic")
    source_model, source = side([prepared(text, "en") for text in ENGLISH if text])
    target_model, target = side(all_prepared())
    shape = networks.Shape(
        len(source),
        target_vocabulary=len(target),
        activation="gelu",
        embedding_norm=True,
    )
    weights = networks.random_weights(shape, seed=5)
    weights["decoder.bias"][target.index("</s>")] = 1.5
    networks.save(weights, folder, source, target, add_source_eos=True)
    (folder / "model.SRC").write_bytes(source_model)
    (folder / "model.TGT").write_bytes(target_model)
    return Tiny(folder, weights, source, target)


@pytest.fixture(scope="module")
def copying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Writes what it reads, between Indian languages: only the script changes."""
    folder = tmp_path_factory.mktemp("indic-indic")
    model, tokens = side(all_prepared())
    shape = networks.Shape(len(tokens), width=256, heads=1, layers=1)
    weights, positions = networks.copying_weights(shape)
    networks.save(weights, folder, tokens, positions=positions, ahead=2, add_source_eos=True)
    for name in ("model.SRC", "model.TGT"):
        (folder / name).write_bytes(model)
    return folder


def load(**parameters: str) -> NeuralTranslator:
    values = {"device": "cpu", "compute_type": "float32", "beam": "1", **parameters}
    return IndicTrans2.load(Parameters("indictrans2", values, {}))


@pytest.fixture(autouse=True)
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITONE_MODELS_DIR", str(tmp_path))


def test_greedy_tokens_are_those_of_the_reference_on_the_same_weights(drawn: Tiny):
    translator = load(
        en_indic_weights=str(drawn.folder), output_tokens=str(MOST), output_ratio="99"
    )
    dialect = translator._dialect
    compared = 0
    for target in ("te", "as", "hi", "ur"):
        for text in filter(None, ENGLISH):
            tokens = dialect.encode(text, "en", target)
            assert tokens[:2] == ["eng_Latn", CODES[target]]
            [written] = dialect.network("en", target).translate([tokens], [[]])
            expected, closest = reference.translate(
                drawn.weights,
                # CTranslate2 adds the end, as fairseq's converter tells it to.
                [*drawn.ids(tokens), drawn.source.index("</s>")],
                [drawn.target.index("</s>")],
                end=drawn.target.index("</s>"),
                most=MOST,
                never=[drawn.target.index("<unk>")],
                least=1,
            )
            assert closest > 1e-5, "too close for float32 to tell"
            assert [drawn.target.index(token) for token in written] == without_loop(expected)
            compared += len(written)
            [told] = translator.translate([TranslationRequest(text, "en", target)])
            pieces = [drawn.target[number] for number in without_loop(expected)]
            assert told == dialect.decode(pieces, "en", target).strip()
    assert compared > 200


def test_a_text_changes_its_script_with_the_language(copying: Path):
    translator = load(indic_indic_weights=str(copying))
    [text] = translator.translate([TranslationRequest(TELUGU, "te", "hi")])
    assert text == finished(prepared(TELUGU, "te"), "hi")
    assert "स" in text
    [again] = translator.translate([TranslationRequest(text, "hi", "te")])
    assert again == TELUGU


def test_terms_of_a_glossary_are_whole_words_in_indian_scripts_too(copying: Path):
    translator = load(indic_indic_weights=str(copying))
    glossary = {"बजट": "BUDGET", "बज": "wrong"}
    [text] = translator.translate([TranslationRequest(HINDI[0], "hi", "mr", glossary=glossary)])
    assert text == HINDI[0].replace("बजट", "BUDGET")


def test_pairs_are_those_of_the_weights_that_are_installed(drawn: Tiny, copying: Path):
    english = load(en_indic_weights=str(drawn.folder))
    assert set(english.pairs) == {("en", target) for target in CODES if target != "en"}
    both = load(en_indic_weights=str(drawn.folder), indic_indic_weights=str(copying))
    assert ("te", "as") in both.pairs
    assert ("te", "en") not in both.pairs
    with pytest.raises(UnknownLanguageError):
        both.translate([TranslationRequest(TELUGU, "te", "en")])
    with pytest.raises(UnknownLanguageError):
        both.translate([TranslationRequest("Hello", "en", "fr")])


def test_the_catalogue_declares_what_the_published_weights_know():
    declared = declared_in("indictrans2")
    assert declared["languages"].split(",") == sorted(CODES)
    assert {"te", "as", "or", "hi", "en"} <= set(CODES)


def test_without_any_weights_it_says_how_to_get_them():
    with pytest.raises(WeightsMissingError, match=r"npm run models -- pull indictrans2-en-indic"):
        load()
