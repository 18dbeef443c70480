"""Numbers in words.

English and Hindi have words of their own here. espeak-ng, the voice of the other languages, knows
their numbers and Indian grouping, so they keep (Western) digits.
"""

from collections.abc import Sequence
from typing import Protocol

MAX_CARDINAL_DIGITS = 15
"""More are read digit by digit."""

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH_SCALES = [(10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")]
_INDIAN_SCALES = [(10**7, "crore"), (10**5, "lakh"), (1000, "thousand")]
_ENGLISH_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

_HINDI = """
शून्य एक दो तीन चार पाँच छह सात आठ नौ
दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस
बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस
चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास
पचास इक्यावन बावन तिरेपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ
साठ इकसठ बासठ तिरेसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर
सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी
अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी
नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे
"""
_HINDI_SCALES = [
    (10**11, "खरब"),
    (10**9, "अरब"),
    (10**7, "करोड़"),
    (10**5, "लाख"),
    (1000, "हज़ार"),
    (100, "सौ"),
]
_HINDI_ORDINALS = {1: "पहला", 2: "दूसरा", 3: "तीसरा", 4: "चौथा", 6: "छठा", 9: "नौवाँ"}


class NumberWords(Protocol):
    """A language's numbers; every value is at least 0."""

    point: str
    """Between a number and the digits of its fraction."""

    def cardinal(self, value: int, *, indian: bool) -> str:
        """`indian`: in lakh and crore, where the language has a choice."""

    def ordinal(self, value: int) -> str: ...

    def year(self, value: int) -> str: ...

    def digits(self, digits: str) -> str:
        """One by one."""

    def decimal(self, whole: str, fraction: str, *, indian: bool) -> str: ...


class EnglishNumbers:
    point = "point"
    _small = _ENGLISH.split()
    _tens = _ENGLISH_TENS.split()

    def cardinal(self, value: int, *, indian: bool) -> str:
        words = self._scaled(value, _INDIAN_SCALES if indian else _ENGLISH_SCALES)
        return " ".join(words or ["zero"])

    def ordinal(self, value: int) -> str:
        *front, last = self.cardinal(value, indian=False).split()
        if last in _ENGLISH_ORDINALS:
            return " ".join([*front, _ENGLISH_ORDINALS[last]])
        ending = f"{last[:-1]}ieth" if last.endswith("y") else f"{last.removesuffix('t')}th"
        return " ".join([*front, ending])

    def year(self, value: int) -> str:
        century, rest = divmod(value, 100)
        if not 1100 <= value < 2100 or (century == 20 and rest < 10):
            return self.cardinal(value, indian=False)
        if rest == 0:
            return f"{self._below_100(century)} hundred"
        return f"{self._below_100(century)} {'oh ' if rest < 10 else ''}{self._below_100(rest)}"

    def digits(self, digits: str) -> str:
        return " ".join(self._small[int(digit)] for digit in digits)

    def decimal(self, whole: str, fraction: str, *, indian: bool) -> str:
        return f"{cardinal_of(self, whole, indian=indian)} {self.point} {self.digits(fraction)}"

    def _scaled(self, value: int, scales: Sequence[tuple[int, str]]) -> list[str]:
        words: list[str] = []
        for size, name in scales:
            count, value = divmod(value, size)
            if count:
                words += [*self._scaled(count, scales), name]
        if value >= 100:
            words += [self._small[value // 100], "hundred"]
            value %= 100
        return [*words, self._below_100(value)] if value else words

    def _below_100(self, value: int) -> str:
        if value < 20:
            return self._small[value]
        tens = self._tens[value // 10 - 2]
        return f"{tens} {self._small[value % 10]}" if value % 10 else tens


class HindiNumbers:
    point = "दशमलव"
    _small = _HINDI.split()

    def cardinal(self, value: int, *, indian: bool) -> str:
        del indian
        words: list[str] = []
        for size, name in _HINDI_SCALES:
            count, value = divmod(value, size)
            if count:
                words += [self.cardinal(count, indian=True), name]
        if value or not words:
            words.append(self._small[value])
        return " ".join(words)

    def ordinal(self, value: int) -> str:
        return _HINDI_ORDINALS.get(value) or f"{self.cardinal(value, indian=True)}वाँ"

    def year(self, value: int) -> str:
        century, rest = divmod(value, 100)
        if not 1100 <= value < 2000:
            return self.cardinal(value, indian=True)
        return " ".join([self._small[century], "सौ", *([self._small[rest]] if rest else [])])

    def digits(self, digits: str) -> str:
        return " ".join(self._small[int(digit)] for digit in digits)

    def decimal(self, whole: str, fraction: str, *, indian: bool) -> str:
        return f"{cardinal_of(self, whole, indian=indian)} {self.point} {self.digits(fraction)}"


class DigitNumbers:
    """Leaves digits, without the marks that group them, to a voice that knows them."""

    point = "."

    def cardinal(self, value: int, *, indian: bool) -> str:
        del indian
        return str(value)

    def ordinal(self, value: int) -> str:
        return str(value)

    def year(self, value: int) -> str:
        return str(value)

    def digits(self, digits: str) -> str:
        return " ".join(digits)

    def decimal(self, whole: str, fraction: str, *, indian: bool) -> str:
        return f"{cardinal_of(self, whole, indian=indian)}.{fraction}"


def cardinal_of(words: NumberWords, digits: str, *, indian: bool) -> str:
    """Of Western digits without grouping; digit by digit where there are too many."""
    if len(digits) > MAX_CARDINAL_DIGITS:
        return words.digits(digits)
    return words.cardinal(int(digits or "0"), indian=indian)


def number_words(language: str) -> NumberWords:
    return {"en": EnglishNumbers, "hi": HindiNumbers}.get(language, DigitNumbers)()
