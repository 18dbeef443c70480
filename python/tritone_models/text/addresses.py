"""Rules for what a browser would open."""

import re

from tritone_models.text.speech import Rule, Speech

MAX_SPOKEN_PATH_CHARACTERS = 40

_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
_PATH = r"(?:[^\s<>\"]*[^\s<>\".,;:!?)\]}'’”])?"
"""Not the mark that ends the sentence."""
_MAIL = re.compile(rf"(?:mailto:)?([\w.+-]+)@({_HOST})(?![\w@])")
_LINK = re.compile(
    r"(?:https?://(?:www\.)?|ftp://|www\.)([\w.-]*\w)(?::\d+)?"
    rf"((?:[/?#]{_PATH})?)",
    re.IGNORECASE,
)
_DOMAINS = "com org net edu gov in io ai dev app co info uk us eu de fr bd pk lk np"
_BARE = re.compile(
    rf"((?:[A-Za-z0-9-]+\.)+(?:{'|'.join(_DOMAINS.split())}))((?:/{_PATH})?)(?![\w@])"
)


class Addresses:
    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._words = speech.vocabulary

    def rules(self) -> list[Rule]:
        return [
            Rule(
                _MAIL,
                lambda match: f"{self._spell(match[1])} {self._words.at} {self._spell(match[2])}",
            ),
            Rule(_LINK, lambda match: self._link(match[1], match[2])),
            Rule(_BARE, lambda match: self._link(match[1], match[2])),
        ]

    def _mail(self, name: str, host: str) -> str:
        return f"{self._spell(name)} {self._words.at} {self._spell(host)}"

    def _link(self, host: str, path: str) -> str:
        path = re.split(r"[?#]", path)[0].strip("/")
        if not path or len(path) > MAX_SPOKEN_PATH_CHARACTERS:
            return self._spell(host)
        return f"{self._spell(host)} {self._words.slash} {self._spell(path)}"

    def _spell(self, text: str) -> str:
        names = {
            ".": self._words.dot,
            "/": self._words.slash,
            "-": self._words.dash,
            "+": self._words.signs.get("+", "plus"),
            "_": "underscore",
        }
        spoken = []
        for part in re.findall(r"\d+|[^\W\d_]+|[./+_-]", text):
            number = part.isdecimal() and self._speech.number(part)
            spoken.append(number or names.get(part, part))
        return " ".join(spoken)
