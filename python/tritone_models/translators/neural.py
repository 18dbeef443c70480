"""What translators with a network share: sentences, batches, context, glossary.

```
requests → cover (glossary) → sentences → tokens, with the last sentence before them → one batch
        → text → lift; once more without placeholders or context where that went wrong
```
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tritone_models.errors import ModelError
from tritone_models.parameters import Parameters
from tritone_models.translation import TranslationRequest
from tritone_models.translators.cover import Cover, replace_copied
from tritone_models.translators.memory import TranslationMemory
from tritone_models.translators.network import Network
from tritone_models.translators.sentences import sentences

UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "my", "km"})


class UnknownLanguageError(ModelError):
    """A pair of languages that the weights do not know."""

    code = "BAD_INPUT"


class Dialect(Protocol):
    """How one kind of network wants its text. Languages are our primary tags."""

    workers: int
    languages: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    """Empty: every language into every other."""

    def network(self, source: str, target: str) -> Network:
        """@raises UnknownLanguageError"""
        ...

    def encode(self, text: str, source: str, target: str) -> list[str]:
        """The whole input: pieces, languages, end."""
        ...

    def prefix(self, target: str) -> list[str]:
        """What every translation begins with."""
        ...

    def pieces(self, translated: str, source: str, target: str) -> list[str]:
        """Tokens of a translation, as the network would have written them."""
        ...

    def decode(self, tokens: Sequence[str], source: str, target: str) -> str: ...

    def entities(self, text: str) -> list[str]:
        """What of the text is no language: it is never translated."""
        ...


@dataclass(frozen=True)
class _Sentence:
    request: int
    text: str
    before: tuple[str, str] | None = None
    """The sentence before it and its translation."""


class NeuralTranslator:
    """A `Translator` (tritone_models/translation.py)."""

    def __init__(self, dialect: Dialect, context_lines: int = 1) -> None:
        self.workers = dialect.workers
        self.languages = dialect.languages
        self.pairs = dialect.pairs
        self._dialect = dialect
        self._context_lines = context_lines
        self._memory = TranslationMemory()

    @classmethod
    def of(cls, dialect: Dialect, parameters: Parameters) -> "NeuralTranslator":
        return cls(dialect, parameters.integer("context_lines", 1))

    def translate(self, requests: Sequence[TranslationRequest]) -> list[str]:
        covers = [
            Cover.over(request.text, request.glossary, self._dialect.entities(request.text))
            for request in requests
        ]
        written = self._run(requests, [cover.text for cover in covers])
        told = [cover.lift(text) for cover, text in zip(covers, written, strict=True)]
        lost = [index for index, text in enumerate(told) if text is None]
        if lost:
            again = [requests[index] for index in lost]
            plain = self._run(again, [request.text for request in again])
            for index, text in zip(lost, plain, strict=True):
                told[index] = replace_copied(text, requests[index].glossary)
        texts = [text or "" for text in told]
        for request, text in zip(requests, texts, strict=True):
            self._memory.put(request.source, request.target, request.text, text)
        return texts

    def _run(self, requests: Sequence[TranslationRequest], texts: Sequence[str]) -> list[str]:
        wanted = [
            sentence
            for index, (request, text) in enumerate(zip(requests, texts, strict=True))
            for sentence in self._sentences(index, request, text)
        ]
        written = self._write(requests, wanted)
        # A network may take the sentence before it for all there was.
        empty = [at for at, text in enumerate(written) if not text and wanted[at].before]
        if empty:
            alone = [_Sentence(wanted[at].request, wanted[at].text) for at in empty]
            for at, text in zip(empty, self._write(requests, alone), strict=True):
                written[at] = text
        parts: list[list[str]] = [[] for _ in requests]
        for sentence, text in zip(wanted, written, strict=True):
            parts[sentence.request].append(text)
        return [
            ("" if request.target in UNSPACED_LANGUAGES else " ").join(filter(None, part))
            for request, part in zip(requests, parts, strict=True)
        ]

    def _sentences(self, index: int, request: TranslationRequest, text: str) -> list[_Sentence]:
        source, target = request.source, request.target
        most = self._dialect.network(source, target).limits.input_tokens
        parts = sentences(
            text, lambda part: len(self._dialect.encode(part, source, target)) <= most
        )
        before = self._before(request, parts[0], most) if parts else None
        return [_Sentence(index, part, None if at else before) for at, part in enumerate(parts)]

    def _before(self, request: TranslationRequest, first: str, most: int) -> tuple[str, str] | None:
        """The last lines of the context, as far as they were translated here and fit."""
        source, target = request.source, request.target
        known: tuple[str, str] | None = None
        for line in reversed(
            request.context[-self._context_lines :] if self._context_lines else ()
        ):
            translated = self._memory.get(source, target, line)
            if not translated:
                break
            longer = (line, translated)
            if known is not None:
                longer = (f"{line} {known[0]}", f"{translated} {known[1]}")
            if len(self._dialect.encode(f"{longer[0]} {first}", source, target)) > most:
                break
            known = longer
        return known

    def _write(
        self, requests: Sequence[TranslationRequest], wanted: Sequence[_Sentence]
    ) -> list[str]:
        """Sentences that the same network translates go to it together."""
        written = [""] * len(wanted)
        batches: dict[int, tuple[Network, list[int]]] = {}
        for at, sentence in enumerate(wanted):
            request = requests[sentence.request]
            network = self._dialect.network(request.source, request.target)
            batches.setdefault(id(network), (network, []))[1].append(at)
        for network, places in batches.values():
            inputs, prefixes = [], []
            for at in places:
                request = requests[wanted[at].request]
                text, prefix = wanted[at].text, self._dialect.prefix(request.target)
                before = wanted[at].before
                if before is not None:
                    text = f"{before[0]} {text}"
                    prefix = prefix + self._dialect.pieces(
                        before[1], request.source, request.target
                    )
                inputs.append(self._dialect.encode(text, request.source, request.target))
                prefixes.append(prefix)
            for at, tokens in zip(places, network.translate(inputs, prefixes), strict=True):
                request = requests[wanted[at].request]
                text = self._dialect.decode(tokens, request.source, request.target)
                written[at] = text.strip()
        return written
