"""The numbers of the streaming policy. Where they come from: docs/models.md."""

from dataclasses import dataclass, fields

from tritone_models.parameters import Parameters


@dataclass(frozen=True)
class Policy:
    """Every field may be set by a parameter of its name in `config.pbtxt`."""

    onset_probability: float = 0.5
    offset_probability: float = 0.35
    onset_frames: int = 2
    """Frames (32 ms) in a row above `onset_probability` that begin an utterance."""
    faint_probability: float = 0.2
    """Begins nothing, but an onset takes along what is nearer to it than `pause_seconds`."""
    reach_seconds: float = 1.0
    """The longest faint speech that an onset takes along."""
    preroll_seconds: float = 0.3
    first_decode_seconds: float = 0.35
    """Voiced seconds before the first partial."""
    least_voiced_seconds: float = 0.1
    """Less is a click, and dropped."""

    pause_seconds: float = 0.40
    short_pause_seconds: float = 0.60
    """The pause that ends an utterance with less than `short_voiced_seconds` of speech."""
    short_voiced_seconds: float = 0.7
    long_pause_seconds: float = 0.25
    """The pause that ends an utterance longer than `long_utterance_seconds`."""
    long_utterance_seconds: float = 5.0
    limit_seconds: float = 8.0
    speculation_seconds: float = 0.16
    """Silence after which the final is decoded already, in the hope that it lasts."""
    tail_seconds: float = 0.2
    """Silence kept after the last voiced frame of a final."""

    step_seconds: float = 0.3
    utilisation: float = 0.7
    """Share of the workers' time that partials may plan with."""

    no_speech: float = 0.6
    no_speech_log_probability: float = -1.0
    least_log_probability: float = -1.8
    sure_voice: float = 0.85
    """Mean speech probability of an utterance's voiced frames that outvotes `no_speech`."""

    doubt_voiced_seconds: float = 0.25
    """Voiced seconds from which a poor text is doubted; so much is no click."""
    doubt_voice: float = 0.45
    """Mean speech probability of the voiced frames below which nothing is doubted."""
    doubt_log_probability: float = -0.35
    """For Moonshine: Whisper is less sure of itself, more so in short utterances."""
    doubt_letters_per_second: float = 3.0
    """Fewer per voiced second are too few for speech."""
    rescue_log_probability: float = -1.5
    rescue_no_speech: float = 0.6

    backlog_seconds: float = 20.0
    """Audio a session may hold undecided before its chunks wait for their acknowledgement."""
    progress_seconds: float = 1.0
    second_pass_seconds: float = 3.0
    """How long after its end a sequence stays open for second opinions on its finals."""

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Policy":
        values = {
            field.name: parameters.integer(field.name, field.default)
            if isinstance(field.default, int)
            else parameters.number(field.name, field.default)
            for field in fields(cls)
        }
        return cls(**values)
