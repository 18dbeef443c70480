"""Requests in, texts out: what waits goes together, what fails fails alone."""

import json
import threading
from collections.abc import Callable, Sequence

import pytest

from tritone_models.errors import ModelError
from tritone_models.translation import (
    MAX_WAITING,
    BadTextError,
    TranslationDesk,
    TranslationRequest,
    describe,
    read_request,
)


class Scripted:
    """Answers in capitals once it may."""

    workers = 1
    languages = ("en", "es")
    pairs = (("en", "es"),)

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may = threading.Event()
        self.began = threading.Event()

    def translate(self, requests: Sequence[TranslationRequest]) -> list[str]:
        self.batches.append([request.text for request in requests])
        self.began.set()
        assert self.may.wait(10)
        if any(request.text == "bad" for request in requests):
            raise ModelError("a text that it cannot translate")
        if any(request.text == "broken" for request in requests):
            raise ValueError("inside")
        return [request.text.upper() for request in requests]


class Answers:
    def __init__(self) -> None:
        self.given: dict[str, object] = {}
        self._changed = threading.Condition()

    def of(self, text: str) -> Callable[[object], None]:
        def answer(result: object) -> None:
            with self._changed:
                assert text not in self.given, "answered twice"
                self.given[text] = result
                self._changed.notify_all()

        return answer

    def wait(self, count: int) -> dict[str, object]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.given) >= count, timeout=10)
        return self.given


def request(text: str) -> TranslationRequest:
    return TranslationRequest(text, "en", "es")


def test_what_comes_while_the_translator_is_busy_goes_together():
    translator, answers = Scripted(), Answers()
    desk = TranslationDesk(translator)
    desk.submit(request("first"), answers.of("first"))
    assert translator.began.wait(10)
    for text in ("one", "two", "three"):
        desk.submit(request(text), answers.of(text))
    translator.may.set()
    assert answers.wait(4) == {"first": "FIRST", "one": "ONE", "two": "TWO", "three": "THREE"}
    assert translator.batches == [["first"], ["one", "two", "three"]]
    desk.close()


def test_a_text_that_fails_costs_the_others_nothing():
    translator, answers = Scripted(), Answers()
    desk = TranslationDesk(translator)
    desk.submit(request("first"), answers.of("first"))
    assert translator.began.wait(10)
    for text in ("good", "bad", "broken"):
        desk.submit(request(text), answers.of(text))
    translator.may.set()
    given = answers.wait(4)
    assert given["good"] == "GOOD"
    assert isinstance(given["bad"], ModelError)
    assert isinstance(given["broken"], ValueError)
    desk.close()


def test_a_client_that_has_gone_is_not_translated_for():
    translator, answers = Scripted(), Answers()
    desk = TranslationDesk(translator)
    desk.submit(request("first"), answers.of("first"))
    assert translator.began.wait(10)
    desk.submit(request("left"), answers.of("left"), lambda: True)
    desk.submit(request("stays"), answers.of("stays"))
    translator.may.set()
    assert answers.wait(3)["stays"] == "STAYS"
    assert translator.batches == [["first"], ["stays"]]
    desk.close()


def test_more_than_can_wait_is_refused_at_once():
    translator, answers = Scripted(), Answers()
    desk = TranslationDesk(translator)
    desk.submit(request("first"), answers.of("first"))
    assert translator.began.wait(10)
    for number in range(MAX_WAITING + 1):
        desk.submit(request(f"t{number}"), answers.of(f"t{number}"))
    assert getattr(answers.wait(1)[f"t{MAX_WAITING}"], "code", None) == "BUSY"
    translator.may.set()
    answers.wait(MAX_WAITING + 2)
    desk.close()


def test_nothing_to_translate_is_answered_without_the_translator():
    translator, answers = Scripted(), Answers()
    desk = TranslationDesk(translator)
    desk.submit(request("  "), answers.of("blank"))
    assert answers.wait(1) == {"blank": ""}
    assert translator.batches == []
    desk.close()


def test_a_translator_tells_what_it_translates():
    told = json.loads(describe(Scripted()))
    assert told == {"languages": ["en", "es"], "pairs": [["en", "es"]]}


def test_a_request_is_read_with_its_context_and_glossary():
    inputs = {
        "TEXT": "Hello",
        "SOURCE": "en-GB",
        "TARGET": "ES",
        "CONTEXT": '["Before"]',
        "GLOSSARY": '{"Tritone": "Tritone"}',
    }
    read = read_request(inputs.get)
    assert read == TranslationRequest("Hello", "en", "es", ("Before",), {"Tritone": "Tritone"})


@pytest.mark.parametrize(
    "inputs",
    [
        {"TEXT": "Hello", "SOURCE": "en"},
        {"TEXT": "x" * 4001, "SOURCE": "en", "TARGET": "es"},
        {"TEXT": "Hello", "SOURCE": "en", "TARGET": "es", "CONTEXT": "{"},
        {"TEXT": "Hello", "SOURCE": "en", "TARGET": "es", "GLOSSARY": "[]"},
    ],
)
def test_a_request_that_does_not_fit_is_refused(inputs: dict[str, str]) -> None:
    with pytest.raises(BadTextError):
        read_request(inputs.get)
