import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePython, pythonCandidates, unfitPython } from '../../../scripts/setup/pythonChoice.mjs';

const python = (version, more = {}) => ({
  executable: `/usr/bin/python${version}`,
  version: [...version.split('.').map(Number), 1],
  cpython: true,
  venv: true,
  libpython: `/lib/libpython${version}.so.1.0`,
  libdir: '/usr/lib',
  ...more,
});

describe('the choice of a Python for Triton', () => {
  it('takes the first that is fit, however many unfit ones come before it', () => {
    const fit = python('3.11');
    expect(choosePython([python('3.13'), python('3.12', { libpython: null }), fit, python('3.10')])).toEqual({
      python: fit,
    });
  });

  it.each(['3.8', '3.9', '3.13', '2.7'])('does not take %s, for which Triton or a library has no build', (version) => {
    expect(choosePython([python(version)])).toEqual({ needs: ['python'] });
  });

  it('does not take a PyPy, which no stub can load', () => {
    expect(choosePython([python('3.11', { cpython: false })])).toEqual({ needs: ['python'] });
  });

  it("asks for the packages that complete the system's own, before those of a Python that no package completes", () => {
    const own = python('3.11', { venv: false, libpython: null });
    const other = python('3.12', { executable: '/home/me/.pyenv/bin/python3.12', libpython: null });
    expect(choosePython([other, own])).toEqual({ needs: ['venv 3.11', 'libpython 3.11'], of: own });
  });

  it('says which Pythons it saw and which it needs', () => {
    const failure = unfitPython([python('3.13')]);
    expect(failure.message).toBe('The embedded Triton needs CPython 3.10 to 3.12 and this machine has 3.13.1.');
    expect(failure.remedy).toContain('TRITONE_PYTHON');
  });

  describe('among many interpreters', () => {
    let home = '';
    const install = (...parts) => {
      const path = join(home, ...parts);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
      return path;
    };
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'tritone-python-'));
    });
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    it('looks at TRITONE_PYTHON alone when it is set', () => {
      expect(pythonCandidates({ TRITONE_PYTHON: '/opt/python' }, home)).toEqual(['/opt/python']);
    });

    it("looks at the system's before those on PATH, and last at what pyenv and uv keep", () => {
      const uv = install('.local', 'share', 'uv', 'python', 'cpython-3.12', 'bin', 'python3');
      const pyenv = install('.pyenv', 'versions', '3.10.13', 'bin', 'python3');
      const onPath = install('bin', 'python3.11');
      install('bin', 'python3.9');
      const found = pythonCandidates({ PATH: join(home, 'bin') }, home);
      expect(found.slice(-3)).toEqual([onPath, pyenv, uv]);
      expect(found.slice(0, -3).every((path) => path.startsWith('/usr/'))).toBe(true);
    });
  });
});
