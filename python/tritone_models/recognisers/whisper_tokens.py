"""Whisper's vocabulary: prompts, languages, and words out of tokens."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from tritone_models.recognisers.scripts import foreign_tokens

LONGEST_PROMPT = 100
"""Tokens of context that may precede an utterance; the model takes 224."""
WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
OPENING = "\"'“¿([{-"
CLOSING = "\"'.。,，!！?？:：”)]}、"
BROKEN = "\ufffd"


class WhisperTokens:
    """Everything is read from the model's own `tokenizer.json`."""

    def __init__(self, tokenizer: Tokenizer, multilingual: bool) -> None:
        self._tokenizer = tokenizer
        self.multilingual = multilingual
        self.end = self._id("<|endoftext|>")
        self._start = self._id("<|startoftranscript|>")
        self._transcribe = self._id("<|transcribe|>")
        self._context = self._id("<|startofprev|>")
        self._no_timestamps = self._id("<|notimestamps|>")
        self.languages = self._languages() if multilingual else ("en",)
        self._foreign: dict[str, list[int]] = {}

    @classmethod
    def read(cls, folder: Path, multilingual: bool) -> "WhisperTokens":
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")), multilingual)

    def start(self, language: str) -> list[int]:
        if not self.multilingual:
            return [self._start]
        spoken = self._id(f"<|{language}|>")
        # Fine-tunes exist for languages that Whisper itself does not know: Odia goes without.
        return [self._start, *([spoken] if spoken >= 0 else []), self._transcribe]

    def prompt(self, language: str, context: str = "") -> list[int]:
        """What the decoder is given before it writes."""
        before: list[int] = []
        if context:
            tokens = self._tokenizer.encode(f" {context.strip()}", add_special_tokens=False).ids
            before = [self._context, *tokens[-LONGEST_PROMPT:]]
        return [*before, *self.start(language), self._no_timestamps]

    def forbidden(self, language: str) -> list[int]:
        """Tokens that are never text, as the model's config lists them, or in another script."""
        if language not in self._foreign:
            vocabulary = self._tokenizer.get_vocab(with_added_tokens=False)
            self._foreign[language] = [-1, *foreign_tokens(vocabulary, language)]
        return self._foreign[language]

    def text_tokens(self, tokens: Sequence[int]) -> list[int]:
        return [token for token in tokens if token < self.end]

    def text(self, tokens: Sequence[int]) -> str:
        return self._tokenizer.decode(list(tokens)).strip(f"{BROKEN} ")

    def words(self, tokens: Sequence[int], language: str) -> list[tuple[str, int, int]]:
        """Words as (text, first token, token after the last); punctuation clings to its word."""
        pieces: list[tuple[str, int, int]] = []
        first = 0
        for index in range(len(tokens)):
            text = self._tokenizer.decode(list(tokens[first : index + 1]))
            if BROKEN not in text or index == len(tokens) - 1:
                pieces.append((text, first, index + 1))
                first = index + 1
        return _joined(pieces, by_space=language not in WITHOUT_SPACES)

    def _languages(self) -> tuple[str, ...]:
        """Language tokens stand between the start and the first task token."""
        tasks = min(self._id("<|translate|>"), self._transcribe)
        names = [self._tokenizer.id_to_token(token) for token in range(self._start + 1, tasks)]
        return tuple(name[2:-2] for name in names if name)

    def _id(self, token: str) -> int:
        found: int | None = self._tokenizer.token_to_id(token)
        return -1 if found is None else found


def _joined(pieces: list[tuple[str, int, int]], by_space: bool) -> list[tuple[str, int, int]]:
    words: list[tuple[str, int, int]] = []
    for text, first, after in pieces:
        bare = text.strip()
        begins = text.startswith(" ") or not by_space
        clings = bool(bare) and all(character in CLOSING for character in bare)
        opened = bool(words) and all(character in OPENING for character in words[-1][0])
        if words and bare and (opened or clings or not begins):
            before = words[-1]
            words[-1] = (before[0] + bare, before[1], after)
        elif bare:
            words.append((bare, first, after))
        elif words:
            words[-1] = (words[-1][0], words[-1][1], after)
    return words
