import { describe, expect, it } from 'vitest';
import { describeFailure, diagnose, SetupFailure } from '../../../scripts/setup/failure.mjs';
import { mustRun, run, tellingLine } from '../../../scripts/setup/run.mjs';

describe('a set-up step that fails', () => {
  it.each([
    ['npm error code ENOSPC', 'the disk is full'],
    ['OSError: [Errno 28] No space left on device', 'the disk is full'],
    [
      'Retrying: NewConnectionError: Temporary failure in name resolution\nERROR: No matching distribution found for numpy',
      'the network did not answer',
    ],
    [
      'npm error network request to https://registry failed, reason: getaddrinfo ENOTFOUND',
      'the network did not answer',
    ],
    ["W: Failed to fetch http://deb.debian.org Could not resolve 'deb.debian.org'", 'the network did not answer'],
    ['ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE', 'the downloaded file is not'],
    ['npm error code EINTEGRITY', 'the downloaded file is not'],
    ['ERROR: No matching distribution found for numpy==9', 'the registry does not have'],
    ['[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed', 'certificate of the registry is not trusted'],
  ])('says why: %s', (output, why) => {
    expect(diagnose(output, { fetches: true })?.why).toContain(why);
  });

  it('does not take the words of a compiler or bundler for those of the network', () => {
    const output = "Could not resolve './styles.css' from src/main.tsx";
    expect(diagnose(output, { fetches: false })).toBeUndefined();
    expect(diagnose('ENOSPC: no space left on device', { fetches: false })?.why).toBe('the disk is full');
  });

  it('shows one sentence and what mends it, without a stack', () => {
    const shown = describeFailure(new SetupFailure('The disk is full.', { remedy: 'free some space' }));
    expect(shown).toBe('✗ The disk is full.\n  Mend it: free some space');
  });

  it('shows a disk that fills up on the way as what it is, whoever noticed it', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(describeFailure(error)).toMatch(/^✗ The disk became full during set-up\.\n {2}Mend it: free some space/);
  });

  it('shows the stack of a mistake of ours', () => {
    expect(describeFailure(new TypeError('x is not a function'))).toContain('failures.test.mjs');
  });
});

describe('a child of set-up', () => {
  it('is ended at its deadline, with what it has started', async () => {
    const startedAt = performance.now();
    const result = await run('bash', ['-c', 'sleep 60 & echo started; wait'], { deadlineMs: 300 });
    expect(result).toMatchObject({ code: 124, timedOut: true });
    expect(result.stdout).toBe('started\n');
    expect(performance.now() - startedAt).toBeLessThan(4500);
  });

  it('that cannot be started ends with code 127', async () => {
    expect((await run('/nowhere/program', [], { deadlineMs: 1000 })).code).toBe(127);
  });

  it('that fails becomes one sentence ending in its last line', async () => {
    const failing = mustRun('The page could not be built', 'bash', ['-c', 'echo so; echo "no such file" >&2; exit 3'], {
      deadlineMs: 5000,
    });
    await expect(failing).rejects.toThrow(/^The page could not be built: no such file\.$/);
  });

  it('that says more after its error is told by the error', () => {
    expect(tellingLine('a.hpp:5: fatal error: no such file\n\u001b[31mninja: build stopped\u001b[0m\n')).toBe(
      'a.hpp:5: fatal error: no such file',
    );
    expect(
      tellingLine(
        'npm error code EUSAGE\nnpm error\nnpm error The lock file is not in sync.\nnpm error A complete log of this run',
      ),
    ).toBe('The lock file is not in sync.');
    expect(tellingLine('one\n\u001b[31mlast\u001b[0m\n')).toBe('last');
  });

  it('that misses its deadline says for how long it was waited', async () => {
    const slow = mustRun('The download failed', 'sleep', ['30'], { deadlineMs: 1000 });
    await expect(slow).rejects.toThrow('The download failed: not done within 1 s.');
  });
});
