"""A short beginning for voices that are slow: who waits for a first sound hears it sooner.

The cut lies where speakers take a breath anyway: at a comma, before a word that opens a phrase, or
after one that closes it.
"""

from dataclasses import replace

from tritone_models.text import Clause

SHORTEST, LONGEST = 3, 5
"""Words of an opening: while they are heard the rest is made."""
LEFT_OVER = 2
"""Words that must remain: a lone word afterwards sounds torn off."""
OPENS_PHRASE = {
    "en": "a an and as at because before behind but by for from if in into my of on or our over "
    "should that the through to under when where which who will with your",
    "es": "a al con de del desde el en la las los o para pero por porque que si sin un una y",
    "fr": "à au aux avec dans de des du en et la le les mais ou par pour que qui sans sur un une",
    "it": "a al alla alle con da dal di e ed il in la le lo ma nel o per perché che se un una",
    "pt": "a ao as com da das de do dos e em mas na nas no nos o os ou para por que se um uma",
    "hi": "और कि तो लेकिन या इसलिए क्योंकि",
}
CLOSES_PHRASE = {"hi": "का की के को तक ने पर में से लिए"}


def opening(clause: Clause, language: str) -> tuple[Clause, Clause] | None:
    """The beginning and the rest of a clause; None where it is short or has no such place."""
    words = [token.text.lower() for token in clause.words]
    opens = OPENS_PHRASE.get(language, "").split()
    closes = CLOSES_PHRASE.get(language, "").split()
    for count in range(1, min(LONGEST, len(words) - LEFT_OVER) + 1):
        if clause.words[count - 1].punctuation_after:
            return _cut(clause, count)
    for count in range(SHORTEST, min(LONGEST, len(words) - LEFT_OVER) + 1):
        before = [word in opens for word in words[count - 1 : count + 1]]
        # "of the": the breath is before the first of them.
        begins = before[1] and not before[0]
        ends = words[count - 1] in closes and words[count] not in closes
        if begins or ends:
            return _cut(clause, count)
    return None


def _cut(clause: Clause, count: int) -> tuple[Clause, Clause]:
    return (
        replace(clause, words=clause.words[:count], pause_ms_after=0),
        replace(clause, words=clause.words[count:]),
    )
