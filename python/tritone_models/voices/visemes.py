"""From IPA to the fifteen mouth shapes that faces show.

The grouping is that of Meta's viseme reference for Oculus LipSync. Sounds that English lacks stand
with those that look alike: retroflexes with their dental or sibilant kin, breathy and aspirated
stops with the plain ones, implosives with plosives.
"""

from collections.abc import Iterable, Iterator

from tritone_models.voices.rendering import Viseme

Phone = tuple[str, int, int]
"""An IPA symbol, its first sample, and the sample after its last."""

SHAPES = {
    "PP": "pbmɓʙ",
    "FF": "fvʋɱɸβⱱ",
    "TH": "θð",
    "DD": "tdʈɖɗᶑ",
    "kk": "kɡgqɢɠxɣχ",
    "CH": "ʃʒʧʤɕʑʂʐcɟçʝʨʥj",
    "SS": "szʦʣ",
    "nn": "nɳɲŋɴlɭʎɫɬɮʟ",
    "RR": "rɹɾɻɽʀʁɺ",
    "aa": "aɑɐʌɒæäɶɜ",
    "E": "eɛəɘɤœøɚɝ",
    "I": "iɪyʏɨᵻɿ",
    "O": "oɔɵɞ",
    "U": "uʊwʉɯɰʍɥ",
}
SHAPE_OF = {symbol: shape for shape, symbols in SHAPES.items() for symbol in symbols}
AFFRICATES = {"t": "ʃɕʂs", "d": "ʒʑʐz", "ʈ": "ʂ", "ɖ": "ʐ"}
"""Stops that take the shape of what follows them at once."""
PROLONGS = frozenset("ːˑʰʱʲʷˠˤʼ˞̪̩̯̃")
FORESHADOWS = frozenset("ˈˌhɦʔħʕ")
"""Marks of stress, and sounds of the throat: the mouth is already at what follows."""
BLANK = " "
SPOKEN = PROLONGS | FORESHADOWS | SHAPE_OF.keys()


def visemes_of(phones: Iterable[Phone]) -> tuple[Viseme, ...]:
    """The mouth shapes of phones in order. Punctuation is silence and leaves a hole, a blank none:
    between two words that are said in one breath the mouth passes from shape to shape.
    """
    heard = list(_without_blanks(phone for phone in phones if phone[2] > phone[1]))
    found: list[Viseme] = []
    begun: int | None = None
    for index, (symbol, start, end) in enumerate(heard):
        if symbol in FORESHADOWS:
            begun = start if begun is None else begun
            continue
        last = found[-1] if found else None
        touches = last is not None and last.end == (start if begun is None else begun)
        if symbol in PROLONGS and last is not None and touches:
            found[-1] = Viseme(last.name, last.start, end)
            continue
        after = heard[index + 1][0] if index + 1 < len(heard) else ""
        shape = _shape(symbol, after)
        if shape is not None:
            begin = start if begun is None else begun
            if last is not None and touches and last.name == shape:
                found[-1] = Viseme(shape, last.start, end)
            else:
                found.append(Viseme(shape, begin, end))
        begun = None
    return tuple(found)


def _without_blanks(phones: Iterable[Phone]) -> Iterator[Phone]:
    """The time of a blank between two phones goes to both, half and half."""
    before: Phone | None = None
    blank: Phone | None = None
    for phone in phones:
        if phone[0] == BLANK and before is not None and before[0] in SPOKEN:
            blank = phone
            continue
        if blank is not None and before is not None and phone[0] in SPOKEN:
            middle = (blank[1] + blank[2]) // 2
            before = (before[0], before[1], middle)
            phone = (phone[0], middle, phone[2])  # noqa: PLW2901
        blank = None
        if before is not None:
            yield before
        before = phone
    if before is not None:
        yield before


def _shape(symbol: str, after: str) -> str | None:
    if after and after in AFFRICATES.get(symbol, ""):
        return SHAPE_OF[after]
    return SHAPE_OF.get(symbol)
