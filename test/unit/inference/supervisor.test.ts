import { describe, expect, it, vi } from 'vitest';
import { Catalogue } from '../../../server/inference/catalogue.ts';
import { missingLibraries } from '../../../server/inference/embedded/checkStub.ts';
import { argumentsOf, environmentOf } from '../../../server/inference/embedded/command.ts';
import { LifeSigns } from '../../../server/inference/lifeSigns.ts';
import { Supervisor } from '../../../server/inference/supervisor.ts';
import { TritonAway } from '../../../server/inference/triton.types.ts';
import { parseTritonUrl } from '../../../server/inference/tritonClient.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { VirtualClock } from '../../fixtures/virtualClock.ts';

describe('Supervisor', () => {
  it('tries again ever later while there is no Triton, and says why', async () => {
    const clock = new VirtualClock();
    const startedAtMs: number[] = [];
    const host = {
      start: async () => {
        startedAtMs.push(clock.nowMs());
        throw new TritonAway('its Python environment is missing');
      },
    };
    const catalogue = new Catalogue();
    const supervisor = new Supervisor({
      host,
      catalogue,
      clock,
      log: silentLog,
      metrics: noMetrics,
      signs: new LifeSigns(clock),
      preferred: () => [],
    });
    expect(supervisor.status.state).toBe('starting');
    await clock.advance(20_000);
    expect(startedAtMs).toEqual([0, 250, 750, 1750, 3750, 7750, 12_750, 17_750]);
    expect(supervisor.status).toEqual({ state: 'away', reason: 'its Python environment is missing' });
    expect(() => supervisor.client()).toThrow('Triton cannot be reached: its Python environment is missing');
    await supervisor.close();
    await clock.advance(20_000);
    expect(startedAtMs).toHaveLength(8);
  });
});

describe('the command of the embedded Triton', () => {
  const config = {
    pythonEnvDir: '/env',
    modelsDir: '/weights',
    repositoryDir: '/repo',
    pythonPathDir: '/py',
    runDir: '/run',
  };
  const layout = {
    server: '/s',
    libraries: '/libs',
    stub: '/stub',
    backend: ['/a', '/b'],
    pythonVersion: '3.11',
  } as const;

  it("keeps the caller's libraries behind its own: a GPU's may lie there", () => {
    vi.stubEnv('LD_LIBRARY_PATH', '/opt/cuda/lib64::/opt/cudnn');
    expect(environmentOf(config, layout).LD_LIBRARY_PATH).toBe('/libs:/opt/cuda/lib64:/opt/cudnn');
    vi.unstubAllEnvs();
  });

  it('has a clean environment with the interpreter first on PATH', () => {
    vi.stubEnv('PYTHONHOME', '/elsewhere');
    vi.stubEnv('LD_LIBRARY_PATH', undefined);
    const environment = environmentOf({ ...config, environment: { TRITONE_WORKERS: '1' } }, layout);
    expect(environment).toMatchObject({
      LD_LIBRARY_PATH: '/libs',
      TRITONE_MODELS_DIR: '/weights',
      TRITONE_WORKERS: '1',
    });
    expect(environment.PATH?.split(':')[0]).toBe('/env/bin');
    expect(environment).not.toHaveProperty('PYTHONHOME');
    expect(environmentOf({ ...config, pythonLibDir: '/opt/lib' }, layout).LD_LIBRARY_PATH).toBe('/libs:/opt/lib');
    vi.unstubAllEnvs();
  });

  it('listens on one address and names its shared memory', () => {
    const list = argumentsOf({
      repositoryDir: '/repo',
      backendDir: '/b',
      sharedMemoryPrefix: 'tritone_x_',
      host: '127.0.0.1',
      port: 7,
    });
    expect(list).toEqual(
      expect.arrayContaining([
        '--grpc-address=127.0.0.1',
        '--grpc-port=7',
        '--allow-http=false',
        '--backend-config=python,shm-region-prefix-name=tritone_x_',
      ]),
    );
  });
});

describe('what ldd tells', () => {
  it('names the libraries that are missing', () => {
    const output =
      '\tlinux-vdso.so.1 (0x7ffc)\n\tlibpython3.11.so.1.0 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x7f)\n';
    expect(missingLibraries(output)).toEqual(['libpython3.11.so.1.0']);
  });
});

describe('TRITON_URL', () => {
  it.each([
    ['gpu:8001', 'gpu:8001', false],
    ['grpc://gpu:8001/', 'gpu:8001', false],
    ['grpcs://triton.example:443', 'triton.example:443', true],
  ])('%s', (url, address, secure) => {
    expect(parseTritonUrl(url)).toEqual({ address, secure });
  });
});
