/**
 * Writes python/requirements*.txt from python/requirements*.in: every pin with the hashes of the wheels that set-up may use
 * (CPython 3.10 to 3.12 on Linux x86-64). For whoever changes a pin:
 *   node scripts/lock-python.mjs [NAME...]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PYTHON_MINORS } from './setup/pythonChoice.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'python');
const tags = PYTHON_MINORS.map((minor) => `cp3${minor}`);

function isUsable(filename) {
  if (!filename.endsWith('.whl')) return false;
  const [python, abi, platform] = filename.slice(0, -4).split('-').slice(-3);
  if (platform !== 'any' && !(platform.includes('manylinux') && platform.includes('x86_64'))) return false;
  if (python.split('.').includes('py3')) return true;
  if (abi === 'abi3') return Number(/^cp3(\d+)$/.exec(python)?.[1]) <= PYTHON_MINORS[0];
  return tags.includes(python) && abi === python;
}

/** PEP 691: the index as JSON. */
async function hashesOf(name, version) {
  const response = await fetch(`https://pypi.org/simple/${name}/`, {
    headers: { Accept: 'application/vnd.pypi.simple.v1+json' },
  });
  if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
  const { files } = await response.json();
  const prefix = `${name.replaceAll('-', '_')}-${version}-`;
  return files
    .filter(({ filename }) => filename.toLowerCase().startsWith(prefix) && isUsable(filename))
    .map(({ hashes }) => hashes.sha256);
}

const asked = process.argv.slice(2);
const names = ['requirements', 'requirements-dev', 'requirements-hub'];
for (const name of names.filter((each) => asked.length === 0 || asked.includes(each))) {
  const blocks = [`# Written by scripts/lock-python.mjs from ${name}.in.`];
  for (const line of readFileSync(join(folder, `${name}.in`), 'utf8').split('\n')) {
    const [pin] = line.split('#');
    const match = /^([\w-]+)==([^\s;]+)(.*)$/.exec(pin.trim());
    if (!match) continue;
    const hashes = await hashesOf(match[1], match[2]);
    if (hashes.length === 0) throw new Error(`${match[0]} has no wheel for Linux x86-64`);
    blocks.push([match[0], ...hashes.sort().map((hash) => `    --hash=sha256:${hash}`)].join(' \\\n'));
  }
  writeFileSync(join(folder, `${name}.txt`), `${blocks.join('\n')}\n`);
  console.log(`${name}.txt: ${blocks.length - 1} packages`);
}
