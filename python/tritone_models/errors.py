"""Failures that a client may read: a code for programs, a sentence for people."""


class ModelError(Exception):
    """What a client is told. Its text never holds a path, a traceback or what somebody said."""

    code = "MODEL_FAILED"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class BadOptionsError(ModelError):
    """The options of a START request are not what the contract says."""

    code = "BAD_OPTIONS"


class BadAudioError(ModelError):
    """The audio of a request is missing, too long or of the wrong shape."""

    code = "BAD_AUDIO"


class SequenceLostError(ModelError):
    """The sequence is unknown here: it ended, was reaped, or the model restarted. Retryable."""

    code = "SEQUENCE_LOST"


def for_clients(error: BaseException) -> str:
    """The message a client gets: ours as they are, of any other only the type's name."""
    if isinstance(error, ModelError):
        return str(error)
    return f"{ModelError.code}: {type(error).__name__}"
