"""Rules for dates and times of day."""

import re

from tritone_models.text.speech import Rule, Speech, western

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("January", "Jan"),
            ("February", "Feb"),
            ("March", "Mar"),
            ("April", "Apr"),
            ("May",),
            ("June", "Jun"),
            ("July", "Jul"),
            ("August", "Aug"),
            ("September", "Sept", "Sep"),
            ("October", "Oct"),
            ("November", "Nov"),
            ("December", "Dec"),
        ],
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?![\w-])")
_NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-])")
_DAY_FIRST = re.compile(rf"{_DAY}[ -](?:of )?({_MONTH})\.?(?:,?[ -](\d{{4}}))?(?!\w)")
_MONTH_FIRST = re.compile(rf"({_MONTH})\.? {_DAY}(?:,? (\d{{4}}))?(?![\w:]|[.,]\d)")
_MONTH_AND_YEAR = re.compile(rf"({_MONTH})\.?,? (\d{{4}})(?!\w)")
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s?([ap])(?:\.m\.|m)(?!\w)|\s?(बजे))?(?![\w:])",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(\d{1,2})\s?([ap])(?:\.m\.|m)(?!\w)", re.IGNORECASE)


class Moments:
    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._numbers = speech.numbers
        self._months = speech.vocabulary.months

    def rules(self) -> list[Rule]:
        return [
            Rule(_ISO, lambda match: self._date(match[3], match[2], match[1])),
            Rule(_NUMERIC, self._numeric),
            Rule(_DAY_FIRST, lambda match: self._date(match[1], _MONTHS[match[2]], match[3])),
            Rule(
                _MONTH_FIRST,
                lambda match: self._date(match[2], _MONTHS[match[1]], match[3], month_first=True),
            ),
            Rule(_MONTH_AND_YEAR, self._month_and_year),
            Rule(_CLOCK, self._clock),
            Rule(_HOUR, self._hour),
        ]

    def _numeric(self, match: re.Match[str]) -> str | None:
        first, mark, second, year = match.groups()
        if mark == "." and len(year) == 2:
            return None
        if len(year) == 2:
            year = f"20{western(year)}" if int(western(year)) < 70 else f"19{western(year)}"
        month_first = self._speech.is_month_first
        day, month = (second, first) if month_first else (first, second)
        if int(western(month)) > 12:
            day, month = month, day
        return self._date(day, month, year, month_first=month_first)

    def _date(
        self, day: str, month: str | int, year: str | None, *, month_first: bool = False
    ) -> str | None:
        day_number, month_number = int(western(day)), int(western(str(month)))
        if not (1 <= day_number <= 31 and 1 <= month_number <= 12):
            return None
        name = self._months[month_number - 1]
        if self._speech.language == "en":
            spoken_day = self._numbers.ordinal(day_number)
        else:
            spoken_day = self._numbers.cardinal(day_number, indian=True)
            month_first = False
        words = [name, spoken_day] if month_first else [spoken_day, name]
        return " ".join([*words, *([self._numbers.year(int(western(year)))] if year else [])])

    def _month_and_year(self, match: re.Match[str]) -> str:
        name = self._months[_MONTHS[match[1]] - 1]
        return f"{name} {self._numbers.year(int(western(match[2])))}"

    def _clock(self, match: re.Match[str]) -> str | None:
        hour, minute = int(western(match[1])), int(western(match[2]))
        second = int(western(match[3])) if match[3] else 0
        if hour > 24 or minute > 59 or second > 59:
            return None
        spoken = self._time(hour, minute, second, bare=not match[4])
        return f"{spoken} {self._half(match[4])}" if match[4] else spoken

    def _hour(self, match: re.Match[str]) -> str | None:
        hour = int(western(match[1]))
        if not 0 <= hour <= 12:
            return None
        return f"{self._cardinal(hour)} {self._half(match[2])}"

    def _time(self, hour: int, minute: int, second: int, *, bare: bool) -> str:
        spoken = self._cardinal(hour)
        if self._speech.language == "hi":
            if not minute and not second:
                return f"{spoken} बजे" if bare else spoken
            parts = [f"{spoken} बजकर {self._cardinal(minute)} मिनट"]
            return " ".join([*parts, *([f"{self._cardinal(second)} सेकंड"] if second else [])])
        if self._speech.language != "en":
            numbers = [hour, *([minute] if minute or second else []), *([second] if second else [])]
            return " ".join(self._cardinal(number) for number in numbers)
        if not minute and not second:
            if not bare:
                return spoken
            return f"{spoken} o'clock" if 1 <= hour <= 12 else f"{spoken} hundred hours"
        minutes = f"oh {self._cardinal(minute)}" if minute < 10 else self._cardinal(minute)
        seconds = f" and {self._cardinal(second)} seconds" if second else ""
        return f"{spoken} {minutes}{seconds}"

    def _half(self, letter: str) -> str:
        """ "a" or "p" of a.m. and p.m."""
        names = self._speech.vocabulary.letters
        pair = (letter.upper(), "M")
        return " ".join(names[each] for each in pair) if names else "-".join(pair)

    def _cardinal(self, value: int) -> str:
        return self._numbers.cardinal(value, indian=True)
