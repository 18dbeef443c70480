import type { Caption } from '../../../shared/captions.ts';
import type { LogEntry, LogEvent } from '../../../shared/roomLog.ts';

export function entry(seq: number, event: LogEvent): LogEntry {
  return { seq, atMs: seq * 10, event };
}

export function joined(participantId: string, name = participantId): LogEvent {
  return { type: 'participant-joined', participantId, name, language: 'auto', synthetic: false };
}

export function published(trackId: string, participantId: string): LogEvent {
  return { type: 'track-published', trackId, participantId, kind: 'audio', source: 'microphone', paused: false };
}

export function caption(change: Partial<Caption> & { id: string }): LogEvent {
  const whole: Caption = {
    participantId: 'ann',
    source: 'microphone',
    revision: 0,
    startMs: 0,
    endMs: 500,
    language: 'en',
    text: 'hello',
    stableChars: 0,
    final: false,
    ...change,
  };
  return { type: 'caption', caption: whole };
}
