"""The words of a clause with their place in the input."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tritone_models.text.clause import SpokenToken
from tritone_models.text.markup import Character
from tritone_models.text.reader import Reader

PUNCTUATION = frozenset(",.;:?!…।॥۔؟،؛—–？！。")


def spoken_tokens(
    characters: Sequence[Character], kinds: Sequence[str | None], reader: Reader
) -> tuple[SpokenToken, ...]:
    """What is pronounced; `kinds` is the `say-as` of each character."""
    text = "".join(character.text for character in characters)
    spans = list(_spans(text, kinds, reader))
    starts = [*(start for start, _, _ in spans), len(text)][1:]
    return tuple(
        SpokenToken(
            text=text[start:end],
            char_start=characters[start].start,
            char_end=characters[end - 1].end,
            spoken=spoken,
            punctuation_after="".join(mark for mark in text[end:next_start] if mark in PUNCTUATION),
        )
        for (start, end, spoken), next_start in zip(spans, starts, strict=True)
    )


def _spans(
    text: str, kinds: Sequence[str | None], reader: Reader
) -> Iterator[tuple[int, int, str]]:
    """Start, end and pronunciation of each token."""
    for kind, indices in groupby(range(len(text)), key=lambda index: kinds[index]):
        run = list(indices)
        part = text[run[0] : run[-1] + 1]
        for reading in reader.read(part) if kind is None else reader.say_as(kind, part):
            yield run[0] + reading.start, run[0] + reading.end, reading.spoken
