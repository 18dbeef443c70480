import { describe, expect, it } from 'vitest';
import { isDebianFamily, parseOsRelease, whyNoEmbeddedTriton } from '../../../scripts/setup/platform.mjs';
import {
  installCommand,
  packagesFor,
  pythonOfRelease,
  WORKER_BUILD_PACKAGES,
} from '../../../scripts/setup/systemPackages.mjs';

const debian12 = { id: 'debian', version: '12' };

describe('system packages', () => {
  it('names everything that is missing at once, each package one time', () => {
    expect(packagesFor(['venv 3.11', 'libpython 3.11', 'venv 3.11', 'chromium'], debian12)).toEqual([
      'chromium',
      'fonts-dejavu-core',
      'libpython3.11',
      'python3.11-venv',
    ]);
    expect(packagesFor(['speech'], debian12)).toEqual(['espeak-ng']);
    expect(packagesFor(['worker-build'], debian12)).toEqual([...WORKER_BUILD_PACKAGES].sort());
  });

  it("uses Ubuntu 24.04's name for the shared library of Python", () => {
    expect(packagesFor(['libpython 3.12'], { id: 'ubuntu', version: '24.04' })).toEqual(['libpython3.12t64']);
    expect(packagesFor(['libpython 3.10'], { id: 'ubuntu', version: '22.04' })).toEqual(['libpython3.10']);
  });

  it('gives a person without root one command to paste', () => {
    expect(installCommand(['cmake', 'g++'])).toBe(
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends cmake g++',
    );
  });

  it("knows which releases' own Python fits", () => {
    expect(pythonOfRelease(debian12)).toBe('3.11');
    expect(pythonOfRelease({ id: 'debian', version: '13' })).toBeUndefined();
  });

  it.each([
    ['ID=debian\nVERSION_ID="12"', true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', true],
    ['ID="fedora"', false],
    ['', false],
  ])('tells from /etc/os-release whether packages come by apt-get', (text, expected) => {
    expect(isDebianFamily(parseOsRelease(text))).toBe(expected);
  });
});

describe('where the embedded Triton runs', () => {
  it('is Linux on x86-64 with glibc 2.35 or later', () => {
    expect(whyNoEmbeddedTriton({ platform: 'linux', arch: 'x64', glibc: '2.36' })).toBeUndefined();
    expect(whyNoEmbeddedTriton({ platform: 'linux', arch: 'x64', glibc: '2.35' })).toBeUndefined();
  });

  it.each([
    [{ platform: 'darwin', arch: 'arm64', glibc: undefined }, 'this is darwin on arm64'],
    [{ platform: 'linux', arch: 'arm64', glibc: '2.36' }, 'this is linux on arm64'],
    [{ platform: 'linux', arch: 'x64', glibc: '2.31' }, 'this machine has 2.31'],
    [{ platform: 'linux', arch: 'x64', glibc: undefined }, 'another C library'],
  ])('elsewhere says plainly why not', (machine, reason) => {
    expect(whyNoEmbeddedTriton(machine)).toContain(reason);
  });
});
