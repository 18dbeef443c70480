"""Rules for abbreviations, acronyms, and words with digits in them."""

import re

from tritone_models.text.speech import Rule, Speech, parse, western

MARKS = r"\u0300-\u036f\u0610-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u200c\u200d"
"""Vowel signs, joiners and whatever else stands inside a word beside letters and digits."""
LONE_A = "eigh"
"""The letter as a word of its own; "A" would be read as the article."""
_COMMON_SHORT = """
a am an and any are as at be big but by can did do for get go got had has he her him his how i if
in is it's its let me my new no nor not now of off oh ok old on one or our out put say see she so
the to too try two up use was way we who why yes yet you all
"""
COMMON_SHORT = frozenset(_COMMON_SHORT.upper().split())
_PRONOUNCED = "NASA NATO RAM ROM LAN WAN GIF SIM PIN AIDS LED COVID SAARC ISRO AIIMS"
PRONOUNCED = frozenset(_PRONOUNCED.split())

# One class for letters and marks: two that overlap would be tried in every combination.
_WORD = re.compile(rf"[^\W_](?:(?!_)[\w{MARKS}]|['’-](?=[^\W_])|(?<=\d)\.(?=\d))*")
_ABBREVIATION = re.compile(rf"([^\W\d_](?:(?![\d_])[\w{MARKS}]|\.(?=[^\W\d_]))*)\.")
_INITIALS = re.compile(r"(?:[A-Z]\.){2,}(?:[A-Z](?!\w))?")
_ACRONYM = re.compile(r"([A-Z]{2,6})(s?)(?![\w’'-])")
_NUMBER_SIGN = re.compile(r"(?:[Nn]o\.|[Nn]os\.|#|№)\s?(\d+)(?!\w)")
_VOWEL = re.compile("[AEIOUY]")


class Words:
    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._words = speech.vocabulary

    def rules(self) -> list[Rule]:
        return [
            Rule(_NUMBER_SIGN, self._numbered),
            Rule(_INITIALS, lambda match: self.spell(match[0].replace(".", ""))),
            Rule(_ABBREVIATION, self._abbreviation),
            Rule(_ACRONYM, self._acronym),
            Rule(_WORD, lambda match: self._word(match[0])),
            Rule(re.compile(r"&"), lambda _: self._words.ampersand),
            Rule(re.compile(r"[+=×÷±@]"), self._sign),
        ]

    def spell(self, text: str) -> str:
        """Letter by letter, digit by digit; signs by their names."""
        names = self._words.letters
        signs = {".": self._words.dot, "-": self._words.dash, "/": self._words.slash}
        spoken = []
        for character in western(text):
            if character.isdecimal():
                spoken.append(self._speech.numbers.digits(character))
            elif character.isalpha():
                spoken.append(names.get(character.upper(), character.upper()))
            elif character in signs or character in self._words.signs:
                spoken.append(signs.get(character) or self._words.signs[character])
        if spoken == ["A"]:
            return LONE_A
        # A hyphen keeps an English voice from reading "A" as the article.
        return (" " if names else "-").join(spoken)

    def _numbered(self, match: re.Match[str]) -> str | None:
        if self._speech.language != "en":
            return None
        return f"number {self._speech.number(match[1])}"

    def _abbreviation(self, match: re.Match[str]) -> str | None:
        written = match[1].lower()
        if written == "st" and self._speech.language == "en":
            following = match.string[match.end() :].lstrip()
            return "saint" if following[:1].isupper() else "street"
        return self._words.abbreviations.get(written)

    def _acronym(self, match: re.Match[str]) -> str | None:
        letters, plural = match.groups()
        if letters in PRONOUNCED or letters in COMMON_SHORT or _is_shouted(match.string):
            return None
        if len(letters) > 3 and _VOWEL.search(letters):
            return None
        if not self._words.letters and self._speech.language != "en":
            return match[0]
        return self.spell(letters) + ("'s" if plural and not self._words.letters else "")

    def _word(self, word: str) -> str:
        runs = re.findall(r"\d+|\.|[^\d.]+", word)
        if len(runs) == 1 and not word.isdecimal():
            return word
        spoken = [
            self._number(run)
            if run.isdecimal()
            else run.replace(".", self._speech.numbers.point).strip("-'’")
            for run in runs
        ]
        return " ".join(filter(None, spoken))

    def _number(self, digits: str) -> str:
        whole = parse(digits).whole
        return self._speech.numbers.digits(whole) if len(whole) > 4 else self._speech.number(digits)

    def _sign(self, match: re.Match[str]) -> str | None:
        """Between two things it is read; elsewhere it is decoration."""
        before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
        is_between = before[-1:].isalnum() and after[:1].isalnum()
        return self._words.signs.get(match[0]) if is_between else None


def _is_shouted(text: str) -> bool:
    """A whole clause in capitals has no acronyms."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    return len(words) > 2 and sum(word.isupper() for word in words) * 3 > len(words) * 2
