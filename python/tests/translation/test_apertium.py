"""The program itself where it is installed; the shield around its format everywhere."""

from pathlib import Path

import pytest

from tritone_models.parameters import Parameters
from tritone_models.translation import TranslationRequest
from tritone_models.translators.apertium import (
    MODES,
    Apertium,
    ApertiumMissingError,
    UnknownPairError,
    shielded,
    unshielded,
)

HOSTILE = "[a] <b> ^c$ d/e \\f {g} @h"


def test_the_signs_of_the_stream_format_come_back_as_they_were():
    assert unshielded(shielded(HOSTILE)).strip() == HOSTILE


def test_a_text_is_one_line():
    assert shielded("a\nb\t c\0") == "a b c\n"


def test_a_program_that_is_missing_is_told_with_the_command_that_installs_it():
    parameters = Parameters("apertium", {"program": "no-such-program"}, {})
    with pytest.raises(ApertiumMissingError, match="apt-get install"):
        Apertium.load(parameters)


@pytest.fixture(scope="module")
def apertium() -> Apertium:
    try:
        return Apertium.load(Parameters("apertium", {}, {}))
    except ApertiumMissingError as error:
        pytest.skip(str(error))


def test_english_becomes_spanish_and_spanish_french(apertium: Apertium):
    english = TranslationRequest("The budget is small.", "en", "es")
    spanish = TranslationRequest("El libro es rojo.", "es", "fr")
    first, second = apertium.translate([english, spanish])
    assert "presupuesto" in first
    assert "livre" in second


def test_words_that_it_does_not_know_stay_without_a_mark(apertium: Apertium):
    [text] = apertium.translate([TranslationRequest("Tritonish zzyzx", "en", "es")])
    assert "zzyzx" in text
    assert "*" not in text


def test_signs_of_its_format_harm_nothing(apertium: Apertium):
    [text] = apertium.translate([TranslationRequest(HOSTILE, "en", "es")])
    assert all(sign in text for sign in "[]<>{}@")


def test_only_pairs_that_are_installed_are_told(apertium: Apertium):
    assert Apertium(Path("apertium"), frozenset({"eng-spa"})).pairs == (("en", "es"),)
    assert Apertium(Path("apertium"), frozenset({"eng-spa"})).languages == ("en", "es")
    assert set(apertium.pairs) <= set(MODES)


def test_a_pair_that_is_not_there_is_refused(apertium: Apertium):
    with pytest.raises(UnknownPairError):
        apertium.translate([TranslationRequest("Bonjour", "fr", "en")])
