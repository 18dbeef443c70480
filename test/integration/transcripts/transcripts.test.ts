import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcripts } from '../../../server/features/transcripts/transcripts.ts';
import { systemClock } from '../../../server/streams/clock.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { finalCaption } from '../../fixtures/finalCaption.ts';
import { killUntilDone } from '../../fixtures/killedStore.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tritone-transcripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(): Transcripts {
  const parts = { clock: systemClock, log: silentLog, metrics: noMetrics };
  return Transcripts.open({ folder, databaseUrl: undefined, keptMs: undefined, ...parts });
}

function filesWith(text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter((file) => readFileSync(file).includes(text));
}

describe('transcripts in the data folder', () => {
  it('leave no byte of a call that was deleted, and all of the others', async () => {
    await using transcripts = open();
    const [kept, gone] = [randomUUID(), randomUUID()];
    for (const callId of [kept, gone]) transcripts.journal.begun({ callId, room: 'room', startedAtMs: Date.now() });
    transcripts.journal.keep(kept, finalCaption('everyone may know zebrafish'));
    transcripts.journal.keep(gone, finalCaption('nobody may know quokkas'));
    await transcripts.settled();
    expect(filesWith('quokkas')).not.toEqual([]);
    expect(await transcripts.deleteCall(gone)).toBe(true);
    expect(filesWith('quokkas')).toEqual([]);
    expect((await transcripts.utterances(kept)).map(({ text }) => text)).toEqual(['everyone may know zebrafish']);
    expect((await transcripts.search({ room: 'room', text: 'quokkas', limit: 9 })).hits).toEqual([]);
  });

  it('are there again after a restart', async () => {
    const callId = randomUUID();
    const first = open();
    first.journal.begun({ callId, room: 'room', startedAtMs: Date.now() });
    first.journal.keep(callId, finalCaption('said before'));
    await first.close();
    await using second = open();
    await second.settled();
    expect((await second.utterances(callId)).map(({ text }) => text)).toEqual(['said before']);
  });

  it('lose no final that was seen, at whatever moment the server is killed', async () => {
    const { seen, stored, kills } = await killUntilDone(folder, { kills: 8, seed: 1 });
    expect(kills).toBe(8);
    expect(seen.length).toBeGreaterThan(kills);
    expect(stored.filter((text) => seen.includes(text))).toEqual(seen);
    expect(new Set(stored).size).toBe(stored.length);
  });
});
