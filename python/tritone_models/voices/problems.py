"""What a client did wrong with a voice, under the codes of the server's own error table."""

from tritone_models.errors import ModelError


class VoiceError(ModelError):
    """Told as `[code] fields`: those of the table's sentence, but for the voice, which whoever
    asked knows.
    """

    def __init__(self, code: str, fields: str) -> None:
        super().__init__(fields)
        self.code = code

    def __str__(self) -> str:
        return f"[{self.code}] {self.sentence}"


def not_found(voice: str) -> VoiceError:
    return VoiceError("voice.not_found", voice[:64])


def wrong_language(language: str) -> VoiceError:
    return VoiceError("voice.wrong_language", language[:16])


def unreadable(problem: str) -> VoiceError:
    return VoiceError("voice.unreadable_text", problem)
