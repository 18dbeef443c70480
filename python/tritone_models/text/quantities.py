"""Rules for amounts: money, percentages, units, ranges, ordinals, plain numbers, telephones."""

import re

from tritone_models.text.speech import NUMBER, Rule, Speech, alternatives, parse, western

CURRENCIES = {
    "₹": "INR",
    "Rs.": "INR",
    "Rs": "INR",
    "INR": "INR",
    "रु.": "INR",
    "रु": "INR",
    "रू.": "INR",
    "US$": "USD",
    "$": "USD",
    "USD": "USD",
    "€": "EUR",
    "EUR": "EUR",
    "£": "GBP",
    "GBP": "GBP",
    "৳": "BDT",
}
YEAR_AFTER = re.compile(
    r"\b(?:in|since|until|till|by|from|of|year|during|before|after|सन्|सन|वर्ष|साल)\s+\Z",
    re.IGNORECASE,
)
YEAR_BEFORE = re.compile(r"\s(?:में|से|तक)(?!\w)")
MAX_RANGE_DIGITS = 6

_PHONE = re.compile(
    r"(?:\+\d{1,3}[ -]?(?:\(?\d{2,5}\)?[ -]?){1,3}\d{3,5}|0\d{2,4}[ -]\d{6,8}|0\d{10}"
    r"|[6-9]\d{4}[ -]?\d{5}|\(?\d{3}\)?[ -]\d{3}-\d{4}|1800[ -]\d{3}[ -]\d{3,4})(?![\w-])"
)
_ORDINAL = re.compile(r"(\d{1,3}(?:,\d{3})*|\d+)(?:st|nd|rd|th)(?!\w)", re.IGNORECASE)
_HINDI_ORDINAL = re.compile(r"(\d{1,6})(वाँ|वां|वीं|वें|वा)(?!\w)")
_DOTTED = re.compile(r"\d+(?:\.\d+){2,5}(?!\w)")
_PLAIN = re.compile(rf"([-−+]?)({NUMBER})(?!\w)")


class Quantities:
    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._words = speech.vocabulary
        self._numbers = speech.numbers
        self._units = {"%": (self._words.percent, self._words.percent), **self._words.units}

    def rules(self) -> list[Rule]:
        """In the order in which they are tried."""
        currency = alternatives(tuple(CURRENCIES))
        scale = rf"(?:\s?({alternatives(tuple(self._words.scales))})(?![\w.]\w|\w))?"
        unit = alternatives(tuple(self._units))
        rest = r"(?!\w)"
        written = re.IGNORECASE
        return [
            Rule(_PHONE, self._telephone),
            Rule(
                re.compile(rf"({currency})\s?(-?{NUMBER}){scale}{rest}(?:/-)?", written),
                lambda match: self.money(match[1], match[2], match[3]),
            ),
            Rule(
                re.compile(rf"({NUMBER}){scale}\s?({currency}|/-){rest}", written),
                lambda match: self.money(match[3], match[1], match[2]),
            ),
            Rule(
                re.compile(rf"({NUMBER})(?:-|\s?[–—]\s?)({NUMBER})(?:\s?({unit}))?(?![\w-])"),
                self._range,
            ),
            Rule(re.compile(rf"([-−+]?)({NUMBER})\s?({unit}){rest}"), self._measure),
            Rule(_ORDINAL, lambda match: self._numbers.ordinal(int(parse(match[1]).whole))),
            Rule(_HINDI_ORDINAL, self._hindi_ordinal),
            Rule(_DOTTED, self._dotted),
            Rule(_PLAIN, self._plain),
        ]

    def money(self, sign: str, written: str, scale: str | None) -> str | None:
        """`sign`: a currency as it is written; "/-" stands for rupees."""
        code = "INR" if sign == "/-" else CURRENCIES.get(sign) or CURRENCIES.get(sign.title())
        money = self._words.money.get(code or CURRENCIES.get(sign.upper(), ""))
        if not money:
            return None
        minus = f"{self._words.minus} " if written.startswith("-") else ""
        number = parse(written.removeprefix("-"))
        unit, part = money.unit, money.part
        is_indian = code == "INR"
        whole = self._speech.number(written.removeprefix("-"), indian=is_indian)
        if scale:
            return f"{minus}{whole} {self._words.scales[scale.lower()]} {unit[1]}"
        if not number.fraction or len(number.fraction) > 2 or not part[0]:
            return f"{minus}{whole} {unit[0] if western(written) == '1' else unit[1]}"
        spoken = []
        if int(number.whole):
            spoken.append(self._counted(number.whole, unit, is_indian or number.is_indian))
        if cents := int(number.fraction.ljust(2, "0")):
            spoken.append(self._counted(str(cents), part, is_indian))
        return minus + " ".join(spoken or [self._counted("0", unit, is_indian)])

    def telephone(self, text: str) -> str:
        digits = [self._numbers.digits(run) for run in re.findall(r"\d+", western(text))]
        return ("plus " if text.lstrip().startswith("+") else "") + ", ".join(digits)

    def _counted(self, digits: str, unit: tuple[str, str], is_indian: bool) -> str:
        number = self._speech.number(digits.lstrip("0") or "0", indian=is_indian)
        return f"{number} {unit[0] if digits.lstrip('0') == '1' else unit[1]}"

    def _telephone(self, match: re.Match[str]) -> str | None:
        count = sum(character.isdecimal() for character in match[0])
        if not 10 <= count <= 14:
            return None
        plus = self._words.signs.get("+", "plus") + " " if match[0].startswith("+") else ""
        return plus + self._numbers.digits("".join(re.findall(r"\d", western(match[0]))))

    def _range(self, match: re.Match[str]) -> str | None:
        first, last, unit = match.groups()
        if max(len(parse(first).whole), len(parse(last).whole)) > MAX_RANGE_DIGITS:
            return None
        both = [
            self._year_or_number(end, is_year=_looks_like_years(first)) for end in (first, last)
        ]
        spoken = f" {self._words.to} ".replace("  ", " ").join(both)
        return f"{spoken} {self._units[unit][1]}" if unit else spoken

    def _measure(self, match: re.Match[str]) -> str:
        sign, written, unit = match.groups()
        return self._signed(match, sign, self._speech.quantity(written, self._units[unit]))

    def _hindi_ordinal(self, match: re.Match[str]) -> str | None:
        if self._speech.language != "hi":
            return None
        return self._numbers.cardinal(int(western(match[1])), indian=True) + match[2]

    def _dotted(self, match: re.Match[str]) -> str:
        parts = [self._speech.number(part) for part in match[0].split(".")]
        return f" {self._numbers.point if self._speech.language in ('en', 'hi') else ''} ".join(
            parts
        )

    def _plain(self, match: re.Match[str]) -> str:
        sign, written = match.groups()
        is_year = bool(YEAR_AFTER.search(match.string, 0, match.start()))
        is_year |= bool(YEAR_BEFORE.match(match.string, match.end()))
        return self._signed(match, sign, self._year_or_number(written, is_year=is_year))

    def _year_or_number(self, written: str, *, is_year: bool) -> str:
        digits = western(written)
        if is_year and len(digits) == 4 and digits.isdecimal() and digits[0] != "0":
            return self._numbers.year(int(digits))
        return self._speech.number(written)

    def _signed(self, match: re.Match[str], sign: str, spoken: str) -> str:
        """A sign counts at the start of a word; else it joins two."""
        before = match.string[: match.start()]
        if not sign or before[-1:].isalnum() or before[-1:] in tuple(")]"):
            return spoken
        word = self._words.signs.get("+", "") if sign == "+" else self._words.minus
        return f"{word} {spoken}".strip()


def _looks_like_years(written: str) -> bool:
    return bool(re.match(r"(?:1[1-9]|20)\d\d\Z", western(written)))
