"""Where a sentence ends and where a voice may take a breath."""

import re

SENTENCE_ENDS = frozenset("?!।॥۔؟…？！。")
"""These end a sentence wherever they stand outside an address."""
BREATHS = frozenset(",;:،؛—–")
CLOSERS = frozenset("\"'”’)]}»*_")
ORPHANS = SENTENCE_ENDS | BREATHS | CLOSERS - {"*", "_"}
"""What is left over after a clause and begins none."""

_ADDRESS = re.compile(r"://|^www\.|@\S+\.|\w\.\w{2,}/", re.IGNORECASE)
_LAST_WORD = re.compile(r"(\S+)\.\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z")
_LIST_NUMBER = re.compile(r"\s*(?:[(]?\d{1,3}|[A-Za-z])\Z")

_NEVER_LAST = """
dr mr mrs ms prof st smt shri sri rev hon gen col maj capt lt sgt gov sen rep pres rs inr vs viz cf
approx e.g i.e mt डॉ डा श्री प्रो सुश्री रु रू क्र नं मो
"""
NEVER_LAST = frozenset(_NEVER_LAST.split())
"""Abbreviations that something follows."""
_BEFORE_NUMBERS = "no nos fig figs eq vol pp jan feb mar apr jun jul aug sep sept oct nov dec"
BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS.split())
"""Abbreviations where a number follows, else words that end a sentence."""
_PERHAPS_LAST = "etc inc ltd pvt co corp jr sr a.m p.m u.s u.k ph.d b.a m.a al"
PERHAPS_LAST = frozenset(_PERHAPS_LAST.split())
"""Abbreviations that end a sentence where a capital letter or another script follows."""
_CONNECTORS = """
and or but that which because with for from to of in on at as if when while where who than
और या लेकिन मगर कि क्योंकि जो तो जब अगर ताकि इसलिए जिसे जिसमें
"""
CONNECTORS = frozenset(_CONNECTORS.split())
"""A breath before one of these sounds natural."""


def is_address(word: str) -> bool:
    """True for what looks like a URL or e-mail address."""
    return bool(_ADDRESS.search(word))


def ends_sentence(before: str, following: str | None, language: str) -> bool | None:
    """Whether the full stop at the end of `before` ends a sentence.

    `before`: the clause up to and with the stop, without closing quotes; white space comes after.
    `following`: the first character after that white space, None while unknown.
    None: it depends on the character that follows.
    """
    found = _LAST_WORD.search(before)
    if not found:
        return False
    written = found[1].lstrip("(\"'“‘[*_")
    word = written.lower()
    if _LIST_NUMBER.match(before[:-1]):
        return False
    if word in NEVER_LAST:
        return False
    if word in BEFORE_NUMBERS:
        return None if following is None else not following.isdecimal()
    perhaps = word in PERHAPS_LAST or (len(word) > 1 and _INITIALS.match(word))
    if len(written) == 1 and written.isupper():
        # "J. Bose"; but nobody is called I.
        return language == "en" and written == "I"
    if not perhaps:
        return True
    if following is None:
        return None
    return not following.islower() and following.isalpha()


def best_cut(text: str) -> int:
    """Where a clause that has grown too long is cut: before a connector in its second half, else
    at its end; not beside a number, which may belong to what follows.
    """
    gaps = [match.start() for match in re.finditer(r"(?<=\S)\s", text)]
    late = [gap for gap in gaps if gap >= len(text) // 2]
    for gap in reversed(late):
        if text[gap:].split()[0].lower() in CONNECTORS:
            return gap
    for gap in [len(text), *reversed(late)]:
        if not _beside_number(text, gap):
            return gap
    return len(text)


def _beside_number(text: str, gap: int) -> bool:
    neighbours = [*text[:gap].split()[-1:], *text[gap:].split()[:1]]
    return any(letter.isdigit() for word in neighbours for letter in word)
