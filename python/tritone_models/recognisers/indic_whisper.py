"""Whisper fine-tuned for one language each, as IndicWhisper is (arXiv:2305.15386)."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tritone_models.parameters import Parameters
from tritone_models.recognisers.borrowed import Borrowed
from tritone_models.recognisers.whisper import FILES, Whisper
from tritone_models.speech.hypothesis import DecodeRequest, Hypothesis
from tritone_models.weights import WeightsMissingError, find_weights


class IndicWhisper:
    """A `Recogniser` of as many languages as there are weights; few of them are loaded at a time.

    Weights that know one language cannot tell which is spoken: among several allowed, the ones of
    `detector_weights` listen first.
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        load: Callable[[Path], Whisper],
        most: int,
        detector: Whisper | None,
    ) -> None:
        self.languages = tuple(folders)
        self._folders = folders
        self._detector = detector
        self._loaded = Borrowed(lambda language: load(folders[language]), most)
        with self._loaded.borrow(self.languages[0]) as first:
            self.batch = first.batch
            self.workers = first.workers
            self.longest_seconds = first.longest_seconds

    @classmethod
    def load(cls, parameters: Parameters) -> "IndicWhisper":
        """Languages whose weights are not installed are left out.

        @raises WeightsMissingError where none are
        """
        detector = None
        folders = installed(parameters)
        if len(folders) > 1:
            try:
                name = parameters.text("detector_weights", "whisper-base")
                detector = Whisper.load_from(find_weights(name, FILES), parameters, "detector_")
            except WeightsMissingError as error:
                logging.warning("the language must be told to %s: %s", parameters.model, error)
        return cls(
            folders,
            lambda folder: Whisper.load_from(folder, parameters),
            parameters.integer("loaded", 2),
            detector,
        )

    @property
    def loaded(self) -> tuple[str, ...]:
        """Languages whose weights are in memory."""
        return self._loaded.names

    def decode(self, requests: Sequence[DecodeRequest]) -> list[Hypothesis]:
        spoken = [self._spoken(request) for request in requests]
        heard: list[Hypothesis | None] = [None] * len(requests)
        for language in dict.fromkeys(name for name, _ in spoken):
            places = [at for at, (name, _) in enumerate(spoken) if name == language]
            with self._loaded.borrow(language) as whisper:
                found = whisper.decode([_told(requests[at], language) for at in places])
            for at, hypothesis in zip(places, found, strict=True):
                heard[at] = _sure(hypothesis, language, spoken[at][1])
        return [hypothesis for hypothesis in heard if hypothesis is not None]

    def _spoken(self, request: DecodeRequest) -> tuple[str, float]:
        """Language and its share among those allowed."""
        if request.language is not None:
            return request.language, 1.0
        allowed = tuple(name for name in request.allowed if name in self._folders)
        allowed = allowed or self.languages
        if len(allowed) == 1:
            return allowed[0], 1.0
        likely = request.likely if request.likely in allowed else allowed[0]
        if self._detector is None:
            return likely, 0.0
        language, share = self._detector.detect(request.audio, allowed, request.likely)
        return (language, share) if language in allowed else (likely, 0.0)


def _told(request: DecodeRequest, language: str) -> DecodeRequest:
    return DecodeRequest(
        request.audio, language=language, prompt=request.prompt, words=request.words
    )


def _sure(heard: Hypothesis, language: str, confidence: float) -> Hypothesis:
    return Hypothesis(
        text=heard.text,
        language=language,
        language_confidence=confidence,
        log_probability=heard.log_probability,
        no_speech=heard.no_speech,
        words=heard.words,
        estimated=heard.estimated,
        tokens=heard.tokens,
    )


def installed(parameters: Parameters) -> dict[str, Path]:
    """Folders by language, of `weights`: `hi=indic-whisper-hi,ta=indic-whisper-ta`.

    @raises WeightsMissingError
    @raises ValueError where an entry has no language
    """
    found: dict[str, Path] = {}
    missing: WeightsMissingError | None = None
    for entry in parameters.names("weights"):
        language, equals, name = (part.strip() for part in entry.partition("="))
        if not (language and equals and name):
            raise ValueError(
                f"parameter 'weights' of model '{parameters.model}' must be pairs as "
                f"'hi=indic-whisper-hi', not '{entry}'"
            )
        try:
            found[language] = find_weights(name, FILES)
        except WeightsMissingError as error:
            missing = missing or error
    if not found:
        raise missing or ValueError(f"parameter 'weights' of model '{parameters.model}' is empty")
    return found
