"""What a network reads: phonemes with blanks and punctuation, and whose they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tritone_models.voices.pronunciation import Spelling
from tritone_models.voices.rendering import Span


@dataclass(frozen=True)
class Symbols:
    text: str
    """One character a symbol."""
    owners: tuple[int | None, ...]
    """For each symbol the number of its token; None for blanks and punctuation."""
    tokens: int

    @classmethod
    def of(cls, spellings: Sequence[Spelling], known: Collection[str]) -> "Symbols":
        """Words apart by blanks, a mark at once after its word; what is not `known` is left out."""
        text: list[str] = []
        owners: list[int | None] = []
        for number, spelling in enumerate(spellings):
            if text and spelling.phonemes:
                text.append(" ")
                owners.append(None)
            for symbol in spelling.phonemes:
                text.append(symbol)
                owners.append(number)
            if spelling.punctuation:
                text.append(spelling.punctuation)
                owners.append(None)
        kept = [
            (symbol, owner) for symbol, owner in zip(text, owners, strict=True) if symbol in known
        ]
        return cls(
            "".join(symbol for symbol, _ in kept),
            tuple(owner for _, owner in kept),
            len(spellings),
        )

    def first(self, count: int) -> "Symbols":
        return Symbols(self.text[:count], self.owners[:count], self.tokens)


def spans_of(symbols: Symbols, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Each token's span from those of its symbols; without any it is empty, where it would be."""
    words: list[Span] = []
    at = 0
    for number in range(symbols.tokens):
        own = [span for owner, span in zip(symbols.owners, spans, strict=True) if owner == number]
        word = (own[0][0], own[-1][1]) if own else (at, at)
        words.append(word)
        at = word[1]
    return tuple(words)
