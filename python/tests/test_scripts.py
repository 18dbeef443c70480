"""Which tokens a language with its own script may use."""

import pytest

from tritone_models.recognisers.scripts import _bytes_of_characters, foreign_tokens


def vocabulary(*texts: bytes | str) -> dict[str, int]:
    character = {byte: c for c, byte in _bytes_of_characters().items()}
    raw = [text.encode() if isinstance(text, str) else text for text in texts]
    return {"".join(character[byte] for byte in token): i for i, token in enumerate(raw)}


@pytest.mark.parametrize("language", ["hi", "te"])
def test_letters_of_other_scripts_are_forbidden(language: str):
    known = vocabulary("the", " و", "русский", "中", "বাং")
    assert foreign_tokens(known, language) == list(range(len(known)))


def test_its_own_letters_parts_of_letters_digits_and_stops_are_allowed():
    own = "क".encode()
    known = vocabulary("नमस्ते", " है", own[:1], own[1:], own[:2], " 12", ", ", "।")
    assert foreign_tokens(known, "hi") == []


def test_the_danda_is_everybodys():
    assert foreign_tokens(vocabulary("।"), "te") == []


@pytest.mark.parametrize("language", ["en", "ja", "ur"])
def test_other_languages_are_free(language: str):
    assert foreign_tokens(vocabulary("the", "क"), language) == []
