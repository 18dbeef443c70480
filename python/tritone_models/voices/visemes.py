"""From IPA to the fifteen mouth shapes that faces show.

The grouping is that of Meta's viseme reference for Oculus LipSync. Sounds that English lacks stand
with those that look alike: retroflexes with their dental or sibilant kin, breathy and aspirated
stops with the plain ones, implosives with plosives.
"""

from collections.abc import Iterable

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


def visemes_of(phones: Iterable[Phone]) -> tuple[Viseme, ...]:
    """The mouth shapes of phones in order; blanks and punctuation are silence and leave a hole."""
    heard = [phone for phone in phones if phone[2] > phone[1]]
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


def _shape(symbol: str, after: str) -> str | None:
    if after and after in AFFRICATES.get(symbol, ""):
        return SHAPE_OF[after]
    return SHAPE_OF.get(symbol)
