"""English in words as Moses parts and joins them: what IndicTrans2 was trained on.

Written from the documented rules of the Moses tokenizer. Its list of abbreviations is longer than
ours: a full stop after a rare one may stand alone here.
"""

import re

_ABBREVIATIONS = (
    "Adj Adm Adv Asst Bart Bldg Brig Bros Capt Cmdr Col Comdr Con Corp Cpl DR Dr Drs Ens Gen Gov "
    "Hon Hr Hosp Insp Lt MM MR MRS MS Maj Messrs Mlle Mme Mr Mrs Ms Msgr Op Ord Pfc Ph Prof Pvt "
    "Rep Reps Res Rev Rt Sen Sens Sfc Sgt Sr St Supt Surg v vs i.e rev e.g Nos Nr"
)
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
BEFORE_NUMBERS = frozenset({"No", "Art", "pp"})
_LETTER = r"[^\W\d_]"
_COMMAS = (re.compile(r"([^\d]),"), re.compile(r",([^\d])"), re.compile(r"(\d),$"))
_QUOTES = (
    (re.compile(rf"(?<!{_LETTER})'(?!{_LETTER})"), " ' "),
    (re.compile(rf"(?<![^\W_])'(?={_LETTER})"), " ' "),
    (re.compile(rf"(?<={_LETTER})'(?!{_LETTER})"), " ' "),
    (re.compile(rf"(?<={_LETTER})'(?={_LETTER})"), " '"),
    (re.compile(r"(?<=\d)'(?=s)"), " '"),
)
_DOTS = re.compile(r"\.{2,}")
_DOT_MARK = re.compile(r"DOTMULTI(\d+)E")
_LEFT = frozenset("([{¿¡$£€₹")
_RIGHT = re.compile(r"[,.?!:;\\%}\])…]+")
_CONTRACTION = re.compile(rf"'(?:{_LETTER})+")


def parted(text: str) -> str:
    """Words and signs with single spaces between them."""
    text = re.sub(r"[\x00-\x1f]", "", re.sub(r"\s+", " ", text)).strip()
    text = re.sub(r"([^\w\s.'`,\-])", r" \1 ", text)
    text = _DOTS.sub(lambda dots: f" DOTMULTI{len(dots[0])}E ", text)
    text = _COMMAS[0].sub(r"\1 , ", text)
    text = _COMMAS[1].sub(r" , \1", text)
    text = _COMMAS[2].sub(r"\1 ,", text)
    for pattern, replacement in _QUOTES:
        text = pattern.sub(replacement, text)
    words = text.split()
    parts = [part for at, word in enumerate(words) for part in _full_stop(word, words[at + 1 :])]
    return _DOT_MARK.sub(lambda mark: "." * int(mark[1]), " ".join(parts))


def _full_stop(word: str, after: list[str]) -> list[str]:
    if not word.endswith(".") or len(word) == 1:
        return [word]
    stem = word[:-1]
    following = after[0] if after else ""
    is_initials = "." in stem and any(character.isalpha() for character in stem)
    if is_initials or stem in ABBREVIATIONS or following[:1].islower():
        return [word]
    if stem in BEFORE_NUMBERS and following[:1].isdigit():
        return [word]
    return [stem, "."]


def joined(text: str) -> str:
    """Signs close up to their words again, quotes by turns."""
    told, space, quotes = "", "", {"'": 0, '"': 0}
    words = text.split()
    for at, word in enumerate(words):
        if word in _LEFT:
            told, space = told + space + word, ""
        elif _RIGHT.fullmatch(word) or (at > 0 and _CONTRACTION.fullmatch(word)):
            told, space = told + word, " "
        elif word in quotes or word in ("“", "”"):
            sign = '"' if word in ("“", "”") else word
            if sign == "'" and told.endswith("s") and quotes[sign] % 2 == 0:
                told, space = told + word, " "
                continue
            opens = quotes[sign] % 2 == 0
            told, space = (told + space + word, "") if opens else (told + word, " ")
            quotes[sign] += 1
        else:
            told, space = told + space + word, " "
    return told.strip()
