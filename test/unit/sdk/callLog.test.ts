import { describe, expect, it } from 'vitest';
import { CallLog } from '../../../client/sdk/callLog.ts';
import { transcript } from '../../../client/sdk/roomState.ts';
import { caption, entry } from './entries.ts';

const line = (seq: number, text: string, revision = seq) =>
  entry(seq, caption({ id: `c${seq}`, startMs: seq, text, revision, final: true }));
const texts = (log: CallLog) => transcript(log.state).map(({ text }) => text);

function inCall(...seqs: number[]): CallLog {
  const log = new CallLog();
  log.beginJoin();
  log.accept({ callId: 'call', entries: seqs.map((seq) => line(seq, `line ${seq}`)) });
  return log;
}

describe('CallLog', () => {
  it('asks for everything first, then for what came since the last entry read', () => {
    const log = new CallLog();
    expect(log.since).toBeUndefined();
    log.beginJoin();
    log.accept({ callId: 'call', entries: [line(1, 'one')] });
    log.read({ callId: 'call', entries: [line(2, 'two')] });
    expect(log.since).toEqual({ callId: 'call', seq: 2 });
  });

  it('misses and doubles no caption when answer and notices overlap after a return', () => {
    const log = inCall(1, 2);
    log.beginJoin();
    log.read({ callId: 'call', entries: [line(5, 'line 5')] });
    log.accept({ callId: 'call', entries: [line(3, 'line 3'), line(4, 'line 4'), line(5, 'line 5')] });
    log.read({ callId: 'call', entries: [line(6, 'line 6')] });
    expect(texts(log)).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5', 'line 6']);
  });

  it('does not let an early notice hide the entries of the answer', () => {
    const log = new CallLog();
    log.beginJoin();
    log.read({ callId: 'call', entries: [line(9, 'line 9')] });
    log.accept({ callId: 'call', entries: [line(1, 'line 1')] });
    expect(texts(log)).toEqual(['line 1', 'line 9']);
  });

  it('follows a partial over the drop to its final', () => {
    const log = new CallLog();
    log.beginJoin();
    const partial = entry(1, caption({ id: 'c', revision: 0, text: 'ask not' }));
    log.accept({ callId: 'call', entries: [partial] });
    log.beginJoin();
    const final = entry(7, caption({ id: 'c', revision: 6, text: 'Ask not what.', final: true }));
    log.accept({ callId: 'call', entries: [final] });
    expect(texts(log)).toEqual(['Ask not what.']);
  });

  it('starts an empty page when the room has begun another call', () => {
    const log = inCall(1, 2);
    log.beginJoin();
    log.accept({ callId: 'tomorrow', entries: [line(1, 'good morning')] });
    expect(texts(log)).toEqual(['good morning']);
    expect(log.since).toEqual({ callId: 'tomorrow', seq: 1 });
  });

  it('ignores what is left over of another call', () => {
    const log = inCall(1);
    log.read({ callId: 'yesterday', entries: [line(8, 'old')] });
    expect(texts(log)).toEqual(['line 1']);
  });
});
