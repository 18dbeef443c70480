import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepTemporary, temporaryFolder } from '../../../scripts/setup/cache.mjs';
import { SetupFailure } from '../../../scripts/setup/failure.mjs';
import { fetchLater } from '../../../scripts/setup/fetchLater.mjs';
import { hashOf } from '../../../scripts/setup/hash.mjs';
import { Progress } from '../../../scripts/setup/steps.mjs';

const here = (file) => JSON.stringify(new URL(`../../../scripts/setup/${file}`, import.meta.url).href);
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tritone-ending-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A set-up with a part folder and a child that runs `shell`; it is sent `signal` once the child has said "up". */
async function endAmidst(shell, signal) {
  const script = `
    import { temporaryFolder } from ${here('cache.mjs')};
    import { run } from ${here('run.mjs')};
    await temporaryFolder(${JSON.stringify(folder)});
    await run('sh', ['-c', ${JSON.stringify(shell)}], {
      cwd: ${JSON.stringify(folder)}, deadlineMs: 60000, onText: (text) => process.stdout.write(text),
    });
    console.log('the next step');`;
  const setUp = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  setUp.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    if (text.includes('up')) setUp.kill(signal);
  });
  const [code] = await once(setUp, 'close');
  return { code, said };
}

describe('a set-up that is told to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('at %s lets its child tear down, begins nothing more and leaves no part folder', async (signal, code) => {
    const child = 'trap "touch torn-down; exit 2" INT; echo up; while :; do sleep 0.05; done';
    const ended = await endAmidst(child, signal);
    expect(ended.code).toBe(code);
    expect(existsSync(path.join(folder, 'torn-down'))).toBe(true);
    expect(ended.said).not.toContain('the next step');
    expect(readdirSync(path.join(folder, 'tmp'))).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')("kills what the child's group leaves behind", async () => {
    const { said } = await endAmidst(`sh -c 'trap "" INT; echo "pid $$ up"; exec sleep 30' & exec sleep 30`, 'SIGTERM');
    const pid = /pid (\d+)/.exec(said)?.[1] ?? '';
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : 'gone';
    expect(state).toMatch(/^gone$|\) Z /); // or dead and not yet fetched
  });
});

describe('npm start that fetches behind its page', () => {
  /** Set-up launched a server that says "closing" at SIGINT and takes 300 ms to end with 7; it fetches by `shell` meanwhile. */
  const start = (shell) => `
    import { launch } from ${here('launch.mjs')};
    import { fetchLater } from ${here('fetchLater.mjs')};
    import { run } from ${here('run.mjs')};
    const server = "process.on('SIGINT', () => { console.log('closing'); setTimeout(() => process.exit(7), 300); });" +
      "setInterval(() => {}, 1000);";
    launch(process.execPath, ['-e', server], { cwd: '.', env: process.env });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const fetch = () => run('sh', ['-c', ${JSON.stringify(shell)}], {
      cwd: ${JSON.stringify(folder)}, deadlineMs: 60000, onText: (text) => process.stdout.write(text),
    });
    await fetchLater([{ what: 'voice', megabytes: 1, fetch }]);
    console.log('the next step');`;

  it.each([
    'trap "touch torn-down; exit 2" INT; echo up; while :; do sleep 0.05; done',
    'trap "" INT; echo up; sleep 30',
  ])('ends at Ctrl-C when its server has, and what it fetches by (%s) with it', async (shell) => {
    const started = spawn(process.execPath, ['--input-type=module', '-e', start(shell)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    started.stdout.setEncoding('utf8').on('data', (text) => {
      if (text.includes('up')) started.kill('SIGINT');
      said += text;
    });
    const [code] = await once(started, 'close');
    expect(code).toBe(7);
    expect(said).toContain('closing');
    expect(said).not.toContain('the next step');
    expect(existsSync(path.join(folder, 'torn-down'))).toBe(shell.includes('torn-down'));
  });
});

describe('what is fetched later', () => {
  const stage = () => {
    const written = [];
    const out = { isTTY: false, write: (text) => written.push(text) };
    return { written, options: { progress: new Progress({ out }), giveWay: () => written.push('gives way\n') } };
  };

  it('comes one after another, at low priority, and what fails is told in one sentence at the end', async () => {
    const { written, options } = stage();
    const failing = async () => {
      throw new SetupFailure('The network did not answer.', { remedy: 'check it' });
    };
    const fetch = (name) => (progress) => progress.step(name, '', async () => ({ megabytes: 3 }));
    await fetchLater(
      [
        { what: 'voice', megabytes: 50, fetch: failing },
        { what: 'face', megabytes: 30, fetch: fetch('face') },
        { what: 'song', megabytes: 4, fetch: failing },
      ],
      options,
    );
    expect(written.map((line) => line.replace(/[\d.]+ s\n/, 's\n'))).toEqual([
      'gives way\n',
      '· What is still missing comes while the server runs: about 84 MB.\n',
      '… face\n',
      '✓ face  3 MB  s\n',
      '· Not fetched, the next start tries again: voice; song. The network did not answer.\n',
    ]);
  });

  it('is nothing at the second start, and nothing is said', async () => {
    const { written, options } = stage();
    await fetchLater([], options);
    expect(written).toEqual([]);
  });
});

describe('the next set-up', () => {
  it('removes the part folders of set-ups that are gone, not those of living ones', async () => {
    const living = await temporaryFolder(folder);
    mkdirSync(path.join(folder, 'tmp', `part-${2 ** 22 + 1}-${hashOf(hostname())}-dead`));
    mkdirSync(path.join(folder, 'tmp', `part-${2 ** 22 + 1}-${hashOf('elsewhere')}-far`));
    await sweepTemporary(folder);
    const kept = readdirSync(path.join(folder, 'tmp')).sort();
    expect(kept).toHaveLength(2);
    expect(kept).toContain(path.basename(living));
    expect(kept.some((name) => name.endsWith('-far'))).toBe(true);
  });
});
