"""Whom to decode next: finals first, and fewer partials rather than late ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tritone_models.speech.hypothesis import SAMPLE_RATE, DecodeRequest
from tritone_models.speech.policy import Policy
from tritone_models.speech.session import VOICED_TO_TELL_LANGUAGE, SpeechSession
from tritone_models.speech.utterance import Utterance

Kind = Literal["final", "speculative", "partial"]


@dataclass(frozen=True)
class Job:
    session: SpeechSession
    utterance: Utterance
    kind: Kind
    length: int
    speech_end: int


def choose(sessions: Iterable[SpeechSession], policy: Policy, limit: int) -> list[Job]:
    """At most `limit` jobs: finals by age, then speculation, then who waited longest."""
    finals: list[Job] = []
    speculative: list[Job] = []
    partials: list[Job] = []
    tail = round(policy.tail_seconds * SAMPLE_RATE)
    for session in sessions:
        if session.closed:
            continue
        for ended in session.pending:
            if ended.undecided:
                length = min(ended.length, ended.speech_end + tail)
                finals.append(Job(session, ended, "final", length, ended.speech_end))
        current = session.current
        if current is None or current.decoding:
            continue
        if current.pause >= policy.speculation_seconds * SAMPLE_RATE:
            if _wants_speculation(current, policy):
                length = min(current.length, current.speech_end + tail)
                speculative.append(Job(session, current, "speculative", length, current.speech_end))
        elif session.options.partials and 0 < current.next_length <= current.length:
            partials.append(Job(session, current, "partial", current.length, current.speech_end))
    finals.sort(key=lambda job: job.utterance.ended_at)
    speculative.sort(key=lambda job: -job.utterance.pause)
    partials.sort(key=lambda job: job.utterance.decoded_at)
    return (finals + speculative + partials)[:limit]


def step_seconds(speakers: int, decode_seconds: float, workers: int, policy: Policy) -> float:
    """Speech between two partials of one speaker. It grows with load, so that lag does not."""
    return max(policy.step_seconds, speakers * decode_seconds / workers / policy.utilisation)


def request_for(job: Job) -> DecodeRequest:
    options, session, utterance = job.session.options, job.session, job.utterance
    language = options.language
    if language is None and utterance.voiced < VOICED_TO_TELL_LANGUAGE * SAMPLE_RATE:
        language = session.language
    return DecodeRequest(
        audio=utterance.audio(job.length),
        language=language,
        allowed=options.languages,
        likely=session.language,
        prompt=options.prompt,
        words=options.words and job.kind != "partial",
        draft=utterance.draft,
    )


def _wants_speculation(utterance: Utterance, policy: Policy) -> bool:
    if utterance.voiced < policy.least_voiced_seconds * SAMPLE_RATE:
        return False
    done = utterance.speculation
    return done is None or done[0] != utterance.speech_end
