"""What a client asks of a text-to-speech sequence."""

from collections.abc import Mapping
from dataclasses import dataclass

from tritone_models.errors import BadOptionsError
from tritone_models.voices.problems import not_found, wrong_language

SLOWEST, FASTEST = 0.5, 2.0


@dataclass(frozen=True)
class VoiceOptions:
    voice: str
    language: str
    """Primary tag."""
    speed: float

    @classmethod
    def parse(
        cls, given: Mapping[str, object], voices: Mapping[str, tuple[str, ...]]
    ) -> "VoiceOptions":
        """Unknown keys are ignored, so that clients may be newer than the model.

        @raises BadOptionsError
        @raises VoiceError `voice.not_found`, `voice.wrong_language`
        """
        voice, language, speed = given.get("voice"), given.get("language"), given.get("speed", 1.0)
        if not isinstance(voice, str | None) or not isinstance(language, str | None):
            raise BadOptionsError("'voice' and 'language' must be texts")
        if isinstance(speed, bool) or not isinstance(speed, int | float):
            raise BadOptionsError("'speed' must be a number")
        if not SLOWEST <= speed <= FASTEST:
            raise BadOptionsError(f"'speed' must be from {SLOWEST} to {FASTEST}")
        if voice is not None and voice not in voices:
            raise not_found(voice)
        wanted = language.lower().replace("_", "-").split("-")[0] if language else None
        if voice is None:
            speakers = [name for name, spoken in voices.items() if wanted in (None, *spoken)]
            if not speakers:
                raise wrong_language(language or "")
            voice = speakers[0]
        if wanted is not None and wanted not in voices[voice]:
            raise wrong_language(language or "")
        return cls(voice, wanted or voices[voice][0], float(speed))


def read_voices(text: str) -> dict[str, tuple[str, ...]]:
    """`lessac=en,alpha=hi,alpha=mr` of a `config.pbtxt`: each voice with its languages.

    @raises ValueError
    """
    voices: dict[str, tuple[str, ...]] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, separator, language = (part.strip() for part in entry.partition("="))
        if not (name and separator and language):
            raise ValueError(f"'{entry}' is not of the form voice=language")
        voices[name] = (*voices.get(name, ()), language)
    if not voices:
        raise ValueError("parameter 'voices' names no voice")
    return voices
