import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TritonAway } from '../triton.types.ts';

export interface EmbeddedConfig {
  /** The virtual environment with nvidia-pytriton, numpy and the models' libraries. */
  readonly pythonEnvDir: string;
  /** LIBDIR of the environment's base Python, where that is not the system's. */
  readonly pythonLibDir?: string | undefined;
  /** The models' weights, a folder each. */
  readonly modelsDir: string;
  /** Triton's model repository. */
  readonly repositoryDir: string;
  /** Its packages can be imported by the models: where `tritone_models` lies. */
  readonly pythonPathDir: string;
  /** Ours to write: what must be swept up after a crash is noted here. */
  readonly runDir: string;
  /** Further variables for the models, e.g. TRITONE_WHISPER_THREADS. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Where the pieces of the wheel's Triton lie. All absolute. */
export interface TritonLayout {
  readonly server: string;
  readonly libraries: string;
  readonly stub: string;
  /** Both belong beside the stub in a backend folder. */
  readonly backend: readonly [library: string, utilities: string];
  /** `3.11` */
  readonly pythonVersion: string;
}

/** @throws TritonAway where a piece is missing */
export async function findTriton(pythonEnvDir: string): Promise<TritonLayout> {
  const settings = await readFile(join(pythonEnvDir, 'pyvenv.cfg'), 'utf8').catch(() => '');
  const pythonVersion = /^version(?:_info)?\s*=\s*(\d+\.\d+)/m.exec(settings)?.[1];
  if (pythonVersion === undefined) throw new TritonAway('its Python environment is missing; npm start sets it up');
  const packages = join(pythonEnvDir, 'lib', `python${pythonVersion}`, 'site-packages');
  const triton = join(packages, 'pytriton', 'tritonserver');
  const layout: TritonLayout = {
    server: join(triton, 'bin', 'tritonserver'),
    libraries: join(packages, 'nvidia_pytriton.libs'),
    stub: join(triton, 'python_backend_stubs', pythonVersion, 'triton_python_backend_stub'),
    backend: [
      join(triton, 'backends', 'python', 'libtriton_python.so'),
      join(triton, 'backends', 'python', 'triton_python_backend_utils.py'),
    ],
    pythonVersion,
  };
  await need(
    [layout.server, layout.libraries, ...layout.backend],
    'nvidia-pytriton is not installed; npm start sets it up',
  );
  await need([layout.stub], `nvidia-pytriton has nothing for Python ${pythonVersion}`);
  return layout;
}

async function need(paths: readonly string[], otherwise: string): Promise<void> {
  await Promise.all(paths.map((path) => access(path))).catch((cause: unknown) => {
    throw new TritonAway(otherwise, { cause });
  });
}
