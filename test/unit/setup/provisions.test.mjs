import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { extraModels } from '../../../scripts/doctor/extraModels.mjs';
import { modelRow } from '../../../scripts/doctor/provisions.mjs';
import { certificateSubjects } from '../../../scripts/setup/certificate.mjs';
import { prebuiltUrl } from '../../../scripts/setup/mediasoupWorker.mjs';
import { announcedAddress, lanAddresses } from '../../../scripts/setup/network.mjs';
import { isNodeFit, withNodeFirst } from '../../../scripts/setup/node24.mjs';
import { matchesLock } from '../../../scripts/setup/npmDependencies.mjs';
import { serverEnvironment } from '../../../scripts/setup/prepare.mjs';
import { missingLibraries, pinOf } from '../../../scripts/setup/python.mjs';
import {
  byGroup,
  ensureWeights,
  isLater,
  missingWeights,
  modelsFolder,
  readSentencepieces,
  weightsToFetch,
  withOwnWeights,
} from '../../../scripts/setup/weights.mjs';
import { WEIGHTS } from '../../../scripts/setup/weightsList.mjs';
import { jobsFor, percentOf } from '../../../scripts/worker/build.mjs';

describe('Node', () => {
  it('has to be 24 or newer', () => {
    expect(['v20.20.2', 'v22.12.0', 'v24.0.0', 'v26.1.0'].map(isNodeFit)).toEqual([false, false, true, true]);
  });

  it('that was chosen comes first on PATH', () => {
    expect(withNodeFirst('/cache/bin/node', { PATH: '/usr/bin' }).PATH).toBe('/cache/bin:/usr/bin');
  });
});

describe('npm dependencies', () => {
  const wanted = {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/for-another-system': { version: '2.0.0', optional: true },
  };

  it('are left alone when they are what the lock file says, without what is for other systems', () => {
    expect(matchesLock(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } })).toBe(true);
  });

  it('are installed anew when one is absent, of another version or of other content', () => {
    expect(matchesLock(wanted, {})).toBe(false);
    expect(matchesLock(wanted, { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } })).toBe(false);
    expect(matchesLock(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } })).toBe(false);
  });
});

describe("mediasoup's worker", () => {
  it('is fetched from where its own package would fetch it', () => {
    const machine = { version: '3.27.1', system: 'linux', cpu: 'x64', kernel: '6.1.0-13-amd64' };
    const file = '3.27.1/mediasoup-worker-3.27.1-linux-x64-kernel6.tgz';
    expect(prebuiltUrl({ ...machine, base: undefined })).toBe(
      `https://github.com/versatica/mediasoup/releases/download/${file}`,
    );
    expect(prebuiltUrl({ ...machine, base: 'https://mirror' })).toBe(`https://mirror/${file}`);
  });

  it('is told by its build how far it is', () => {
    expect(percentOf('[1/242] Building a.o\n[120/242] Building b.o\n')).toBe(49);
    expect(percentOf('warning: [9/10] of these\n')).toBeUndefined();
  });

  it('is built by a compiler a core, by fewer where memory is short, by one at least', () => {
    expect(jobsFor({ cores: 8, freeBytes: 32e9 })).toBe(8);
    expect(jobsFor({ cores: 8, freeBytes: 2e9 })).toBe(2);
    expect(jobsFor({ cores: 8, freeBytes: 0.1e9 })).toBe(1);
  });
});

describe('the Python environment', () => {
  it('finds a pin among its hashes', () => {
    expect(pinOf('numpy==1.26.4 \\\n  --hash=x\nnvidia-pytriton==0.7.0 \\\n', 'nvidia-pytriton')).toBe('0.7.0');
  });

  it('hears from ldd what the stub lacks', () => {
    const output = '\tlibpython3.11.so.1.0 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x0)\n';
    expect(missingLibraries(output)).toEqual(['libpython3.11.so.1.0']);
  });
});

describe('weights', () => {
  it('each have a hash, a licence and a source', () => {
    for (const { files, licence, source, name } of WEIGHTS) {
      for (const { sha256 } of Object.values(files)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(`${name}: ${licence} ${source}`).toMatch(/(MIT|Apache-2\.0|CC0-1\.0).*https:/);
    }
  });

  it('of other versions stand in another folder, so that two checkouts share a cache', () => {
    const newer = WEIGHTS.map((weights, at) => (at === 0 ? { ...weights, version: 'next' } : weights));
    expect(modelsFolder('/cache', newer)).not.toBe(modelsFolder('/cache', WEIGHTS));
  });

  it('of captions in English are what the page waits for; captions in other languages come before voices and faces', () => {
    const first = WEIGHTS.filter((weights) => !isLater(weights));
    expect(first.map(({ name }) => name)).toEqual(expect.arrayContaining(['silero-vad', 'moonshine-tiny-en']));
    expect(first.reduce((sum, { megabytes }) => sum + megabytes, 0)).toBeLessThan(100);
    const later = WEIGHTS.filter(isLater).toSorted(byGroup);
    expect([...new Set(later.map(({ group }) => group))]).toEqual(['languages', 'voices', 'faces']);
  });

  it('that come later appear in the folder that a server reads already', async () => {
    const cache = mkdtempSync(path.join(tmpdir(), 'tritone-weights-'));
    const entry = (name, group) => ({ name, group, version: '1', files: { 'model.bin': {} }, megabytes: 1 });
    const list = [entry('ear', 'captions'), entry('voice', 'voices')];
    const put = ({ name }) => {
      mkdirSync(path.join(cache, 'models', name, '1'), { recursive: true });
      writeFileSync(path.join(cache, 'models', name, '1', 'model.bin'), name);
    };
    put(list[0]);
    expect(missingWeights(cache, list)).toEqual([list[1]]);
    const folder = await ensureWeights({ cache, list, wanted: list.filter((weights) => !isLater(weights)) });
    const { ino } = statSync(folder);
    const joined = await withOwnWeights(cache, folder, mkdtempSync(path.join(cache, 'own-')));
    const read = (from, name) => readFileSync(path.join(from, name, 'model.bin'), 'utf8');
    expect(read(folder, 'ear')).toBe('ear');
    expect(() => read(joined, 'voice')).toThrow('ENOENT');
    put(list[1]);
    expect(await ensureWeights({ cache, list })).toBe(folder);
    expect(statSync(folder).ino).toBe(ino);
    expect([read(folder, 'voice'), read(joined, 'voice')]).toEqual(['voice', 'voice']);
    rmSync(cache, { recursive: true });
  });

  it('that are here already are linked for a newer checkout without a fetch', async () => {
    const cache = mkdtempSync(path.join(tmpdir(), 'tritone-weights-'));
    const entry = (name) => ({ name, group: 'captions', version: '1', files: { 'model.bin': {} }, megabytes: 1 });
    const store = path.join(cache, 'models', 'ear', '1');
    mkdirSync(store, { recursive: true });
    writeFileSync(path.join(store, 'model.bin'), 'ear');
    const older = await ensureWeights({ cache, list: [entry('ear')], wanted: [] });
    const newer = await ensureWeights({ cache, list: [entry('ear'), entry('next')], wanted: [] });
    expect(newer).not.toBe(older);
    expect(readFileSync(path.join(newer, 'ear', 'model.bin'), 'utf8')).toBe('ear');
    expect(readdirSync(newer)).toContain('next');
    expect(() => readdirSync(path.join(newer, 'next'))).toThrow('ENOENT');
    rmSync(cache, { recursive: true });
  });

  it("are the user's own by their names, and the default ones beside them", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tritone-weights-'));
    const inFolder = (...parts) => path.join(folder, ...parts);
    for (const name of ['defaults/silero', 'defaults/whisper-base', 'own/whisper-base', 'own/large-v3']) {
      mkdirSync(inFolder(name), { recursive: true });
      writeFileSync(inFolder(name, 'model.bin'), name);
    }
    const list = [{ name: 'silero' }, { name: 'whisper-base' }];
    expect(weightsToFetch(inFolder('own'), list)).toEqual([{ name: 'silero' }]);
    const joined = await withOwnWeights(inFolder('cache'), inFolder('defaults'), inFolder('own'));
    const holds = Object.fromEntries(
      readdirSync(joined).map((name) => [name, readFileSync(path.join(joined, name, 'model.bin'), 'utf8')]),
    );
    expect(holds).toEqual({
      'large-v3': 'own/large-v3',
      silero: 'defaults/silero',
      'whisper-base': 'own/whisper-base',
    });
    const absent = withOwnWeights(inFolder('cache'), inFolder('defaults'), inFolder('nowhere'));
    await expect(absent).rejects.toThrow(/TRITONE_MODELS_DIR names .*nowhere, which cannot be read \(ENOENT\)/);
    rmSync(folder, { recursive: true });
  });

  it('take the vocabulary out of a script without running it', () => {
    const encoded = Buffer.from('<unk>\n<s>\n▁the').toString('base64');
    expect(readSentencepieces(`const llama_vocab_base64 = "${encoded}";\nthrow 1;`)).toBe('["<unk>","<s>","▁the"]');
    expect(() => readSentencepieces('something else')).toThrow('not where it is expected');
  });
});

describe('the network', () => {
  const entry = (address, more = {}) => ({ address, family: 'IPv4', internal: false, ...more });
  const interfaces = {
    docker0: [entry('172.17.0.1')],
    lo: [entry('127.0.0.1', { internal: true })],
    tun0: [entry('10.8.0.2')],
    wlp2s0: [entry('192.168.1.7'), entry('fe80::1', { family: 'IPv6' })],
    enp3s0: [entry('169.254.9.9')],
  };

  it('offers the address that a second laptop reaches before those of containers and tunnels', () => {
    expect(lanAddresses(interfaces)).toEqual(['192.168.1.7', '172.17.0.1', '10.8.0.2', '169.254.9.9']);
  });

  it("announces the user's address, else the likeliest, else this machine alone", () => {
    expect(announcedAddress({ ANNOUNCED_ADDRESS: '203.0.113.5' }, ['192.168.1.7'])).toBe('203.0.113.5');
    expect(announcedAddress({}, ['192.168.1.7'])).toBe('192.168.1.7');
    expect(announcedAddress({}, [])).toBe('127.0.0.1');
  });
});

describe('the certificate', () => {
  it('is for this machine by name and by every address under which it is reached', () => {
    const here = { host: 'laptop', addresses: ['192.168.1.7'] };
    expect(certificateSubjects({ ...here, announced: '203.0.113.5' })).toEqual({
      names: ['laptop', 'localhost'],
      addresses: ['127.0.0.1', '192.168.1.7', '203.0.113.5', '::1'],
    });
    expect(certificateSubjects({ ...here, announced: 'calls.example.org' }).names).toContain('calls.example.org');
  });
});

describe("a model's row of the doctor", () => {
  it('is no fault where somebody else runs it on the Triton that is shared', () => {
    const theirs = { name: 'resnet', capability: undefined, state: 'unavailable', reason: 'out of memory' };
    const ours = { ...theirs, name: 'moonshine', capability: 'speech-to-text' };
    expect(modelRow(theirs, { mend: 'mend it', isElsewhere: true })).toMatchObject({ fit: 'absent' });
    expect(modelRow(theirs, { mend: 'mend it' })).toMatchObject({ fit: 'no', mend: 'mend it' });
    expect(modelRow(ours, { mend: 'mend it', isElsewhere: true })).toMatchObject({ fit: 'no', mend: 'mend it' });
    expect(modelRow({ ...ours, state: 'ready', reason: undefined }, { mend: 'mend it' })).toMatchObject({ fit: 'yes' });
  });
});

describe('a model whose weights nobody fetches', () => {
  it('is optional, until its weights are there or chosen', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tritone-extra-'));
    const model = (name, weights) => {
      mkdirSync(path.join(folder, 'models', name), { recursive: true });
      const parameter = weights ? `parameters [ { key: "weights" value { string_value: "${weights}" } } ]` : '';
      writeFileSync(path.join(folder, 'models', name, 'config.pbtxt'), `name: "${name}"\n${parameter}\n`);
    };
    model('canary');
    model('moonshine', 'moonshine-tiny-en');
    model('wav2lip', 'wav2lip');
    model('indic', 'bn=indic-bn,hi=indic-hi');
    model('both-ways');
    const direction = (key) => `{ key: "${key}" value { string_value: "${key}-of-it" } }`;
    const directions = `parameters [ ${direction('en_indic_weights')}, ${direction('indic_en_weights')} ]`;
    writeFileSync(path.join(folder, 'models', 'both-ways', 'config.pbtxt'), directions);
    const find = (env = {}) => [...extraModels(path.join(folder, 'models'), path.join(folder, 'weights'), { env })];
    expect(find().sort()).toEqual(['both-ways', 'indic', 'wav2lip']);
    mkdirSync(path.join(folder, 'weights', 'indic_en_weights-of-it'), { recursive: true });
    expect(find().sort()).toEqual(['indic', 'wav2lip']);
    expect(find({ TRITONE_WAV2LIP_WEIGHTS: '/mine' })).toEqual(['indic']);
    mkdirSync(path.join(folder, 'weights', 'indic-hi'), { recursive: true });
    expect(find()).toEqual(['wav2lip']);
    symlinkSync('../pulled/wav2lip', path.join(folder, 'weights', 'wav2lip'));
    expect(find()).toEqual(['wav2lip']);
    mkdirSync(path.join(folder, 'pulled', 'wav2lip'), { recursive: true });
    expect(find()).toEqual([]);
    const row = modelRow({ name: 'wav2lip', state: 'unavailable', reason: 'no weights' }, { mend: 'x', isExtra: true });
    expect(row).toMatchObject({ fit: 'absent' });
    rmSync(folder, { recursive: true });
  });
});

describe('what the server is told', () => {
  const found = {
    cache: '/cache',
    worker: { path: '/worker' },
    certificate: { cert: '/cert.pem', key: '/key.pem' },
    environment: '/python',
    models: '/models',
    python: { executable: '/usr/bin/python3.11', libdir: '/usr/lib' },
  };

  it('is where everything lies, beside the environment of the user', () => {
    expect(serverEnvironment(found, { PORT: '80' })).toEqual({
      PORT: '80',
      TRITONE_CACHE_DIR: '/cache',
      MEDIASOUP_WORKER_BIN: '/worker',
      TRITONE_PYTHON_ENV: '/python',
      TRITONE_MODELS_DIR: '/models',
      TRITONE_TLS_CERT: '/cert.pem',
      TRITONE_TLS_KEY: '/key.pem',
    });
  });

  it("is the user's own Python environment where he has one, with nothing of ours", () => {
    const python = { executable: '/opt/python3.12', libdir: '/opt/lib' };
    const env = { TRITONE_PYTHON_ENV: '/mine' };
    expect(serverEnvironment({ ...found, python }, env)).toMatchObject({ TRITONE_PYTHON_ENV: '/mine' });
    expect(serverEnvironment({ ...found, python }, env)).not.toHaveProperty('TRITONE_PYTHON_LIBDIR');
    const libdir = { TRITONE_PYTHON_LIBDIR: '/mine/lib' };
    expect(serverEnvironment({ ...found, python }, libdir).TRITONE_PYTHON_LIBDIR).toBe('/mine/lib');
  });

  it("names the folder of the shared library when Python is not the system's", () => {
    const python = { executable: '/home/me/.pyenv/bin/python3.12', libdir: '/home/me/.pyenv/lib' };
    expect(serverEnvironment({ ...found, python }, {}).TRITONE_PYTHON_LIBDIR).toBe('/home/me/.pyenv/lib');
  });

  it('holds nothing of Triton when that is elsewhere', () => {
    const elsewhere = { ...found, environment: undefined, models: undefined, python: undefined };
    expect(Object.keys(serverEnvironment(elsewhere, {})).filter((name) => /PYTHON|MODELS/.test(name))).toEqual([]);
  });
});
