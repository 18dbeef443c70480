import { join } from 'node:path';
import type { EmbeddedConfig, TritonLayout } from './layout.ts';

/** Variables of ours that models may want, beside those the configuration names. */
const PASSED_ON = ['HOME', 'CUDA_VISIBLE_DEVICES', 'TMPDIR'] as const;

/** Clean but for what is named here. Stubs run Python isolated: its own variables, PYTHONPATH too, do nothing there. */
export function environmentOf(config: EmbeddedConfig, layout: TritonLayout): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Triton's own come first, for its server and stubs were linked against them; the caller's may hold cuBLAS.
  // An empty entry would mean the working folder.
  const callers = process.env.LD_LIBRARY_PATH?.split(':') ?? [];
  const libraries = [layout.libraries, config.pythonLibDir, ...callers].filter(
    (dir) => dir !== undefined && dir !== '',
  );
  return {
    ...Object.fromEntries(passedOn),
    ...config.environment,
    LANG: 'C.UTF-8',
    // The first python3 of PATH decides which interpreter the stubs are.
    PATH: [join(config.pythonEnvDir, 'bin'), '/usr/bin', '/bin'].join(':'),
    LD_LIBRARY_PATH: libraries.join(':'),
    TRITONE_MODELS_DIR: config.modelsDir,
  };
}

export interface TritonArguments {
  readonly repositoryDir: string;
  readonly backendDir: string;
  readonly sharedMemoryPrefix: string;
  readonly host: string;
  readonly port: number;
}

export function argumentsOf({ repositoryDir, backendDir, sharedMemoryPrefix, host, port }: TritonArguments): string[] {
  return [
    `--model-repository=${repositoryDir}`,
    `--backend-directory=${backendDir}`,
    `--backend-config=python,shm-region-prefix-name=${sharedMemoryPrefix}`,
    // We load the models, one by one: else the port opens only when the slowest has loaded.
    '--model-control-mode=explicit',
    '--exit-on-error=false',
    '--strict-readiness=false',
    '--disable-auto-complete-config',
    '--pinned-memory-pool-byte-size=0',
    '--allow-http=false',
    '--allow-metrics=false',
    `--grpc-address=${host}`,
    `--grpc-port=${port}`,
    '--exit-timeout-secs=3',
  ];
}
