import { availableParallelism, homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { TritoneError } from '../shared/errors.ts';

const checkout = path.resolve(import.meta.dirname, '..');
const DAY_MS = 24 * 60 * 60 * 1000;
const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.enum(['0', '1', 'false', 'true']).transform((value) => value === '1' || value === 'true');
/** An empty variable counts as absent, as in most shells' habits. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** Every setting of the server, read from the environment. `npm start` sets those that set-up found. */
export const settingsSchema = z.object({
  PORT: port.default(3000).describe('Port of the page and the API over http; 0 takes a free one'),
  HOST: z.string().default('127.0.0.1').describe('Address that http listens on; a proxy in a container wants 0.0.0.0'),
  HTTPS_PORT: port.default(3443).describe('Port of the same over https for the local network'),
  HTTPS_HOST: z.string().default('0.0.0.0').describe('Address that https listens on'),
  TRITONE_TLS_CERT: optional(z.string()).describe('PEM file of the certificate; without it there is no https'),
  TRITONE_TLS_KEY: optional(z.string()).describe('PEM file of its key'),
  ANNOUNCED_ADDRESS: optional(z.string()).describe('Address that browsers reach this machine at; detected when absent'),
  RTC_PORT: port.default(40_000).describe('First UDP and TCP port of media; each worker takes one'),
  MEDIA_WORKERS: optional(z.coerce.number().int().min(1).max(64)).describe('mediasoup workers; one a core when absent'),
  MEDIASOUP_WORKER_BIN: optional(z.string()).describe('mediasoup worker to run; its own when absent'),
  TRITON_URL: optional(z.string()).describe('host:port of a Triton gRPC endpoint; without it one is started here'),
  TRITONE_PYTHON_ENV: optional(z.string()).describe('Python environment with the embedded Triton'),
  TRITONE_PYTHON_LIBDIR: optional(z.string()).describe("Folder of that Python's shared library, when not the system's"),
  TRITONE_MODELS_DIR: optional(z.string()).describe("Folder of the models' weights"),
  TRITONE_PREFER_MODELS: optional(
    z
      .string()
      .regex(
        /^\s*([a-z]{2,3}=)?[\w.-]+(\s*,\s*([a-z]{2,3}=)?[\w.-]+)*\s*$/,
        'a list like whisper_live or en=whisper_live,hi=my_model',
      ),
  ).describe('Speech models to take before the most specialised one, for all languages or for one (en=whisper_live)'),
  TRITONE_MODEL_REPOSITORY: z
    .string()
    .default(path.join(checkout, 'model-repository'))
    .describe('Triton model repository'),
  TRITONE_CACHE_DIR: optional(z.string()).describe('Folder for what is kept between runs, outside the checkout'),
  TRITONE_DATA_DIR: optional(z.string()).describe(
    'Folder for transcripts and avatars; tritone in XDG_DATA_HOME when absent',
  ),
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ })).describe(
    'PostgreSQL that keeps transcripts; without it an embedded one in the data folder',
  ),
  TRANSCRIPT_DAYS: optional(z.coerce.number().min(0.01).max(36_500)).describe(
    'Days after which an ended call is deleted with its transcript; kept for good when absent',
  ),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level that is logged'),
  LOG_PRETTY: optional(flag).describe('Readable lines instead of JSON; on at a terminal'),
  MAX_PARTICIPANTS: z.coerce.number().int().min(1).max(1000).default(50).describe('Participants a room takes'),
  MAX_AVATARS: z.coerce.number().int().min(0).max(10_000).default(100).describe('Faces that can be stored'),
  MAX_UPLOAD_MB: z.coerce.number().int().min(1).max(10_000).default(500).describe('Largest file to transcribe'),
});

type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  http: { host: string; port: number };
  https: { host: string; port: number; certFile: string; keyFile: string } | undefined;
  media: { announcedAddresses: string[] | undefined; rtcPort: number; workers: number; workerBin: string | undefined };
  inference: {
    tritonUrl: string | undefined;
    /** Absent where set-up has not prepared a Triton here. */
    embedded:
      | {
          pythonEnvDir: string;
          pythonLibDir: string | undefined;
          modelsDir: string;
          repositoryDir: string;
          pythonPathDir: string;
          runDir: string;
          environment: Readonly<Record<string, string>>;
        }
      | undefined;
    preferredModels: readonly { model: string; language: string | undefined }[];
  };
  dataDir: string;
  transcripts: { databaseUrl: string | undefined; keptMs: number | undefined };
  rooms: { maxParticipants: number };
  uploads: { maxBytes: number };
  avatars: { maxAvatars: number };
  log: { level: string; pretty: boolean };
  demoDir: string;
}

/** @throws TritoneError `server.bad_settings`, which names each setting that does not fit */
export function readConfig(environment: Environment, isTerminal: boolean): Config {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new TritoneError('server.bad_settings', { problem: lines.join('; ') });
  }
  const settings = parsed.data;
  const cacheDir =
    settings.TRITONE_CACHE_DIR ?? path.join(environment.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'tritone');
  return {
    http: { host: settings.HOST, port: settings.PORT },
    https:
      settings.TRITONE_TLS_CERT !== undefined && settings.TRITONE_TLS_KEY !== undefined
        ? {
            host: settings.HTTPS_HOST,
            port: settings.HTTPS_PORT,
            certFile: settings.TRITONE_TLS_CERT,
            keyFile: settings.TRITONE_TLS_KEY,
          }
        : undefined,
    media: {
      announcedAddresses: settings.ANNOUNCED_ADDRESS?.split(',')
        .map((address) => address.trim())
        .filter((address) => address !== ''),
      rtcPort: settings.RTC_PORT,
      workers: settings.MEDIA_WORKERS ?? availableParallelism(),
      workerBin: settings.MEDIASOUP_WORKER_BIN,
    },
    inference: {
      tritonUrl: settings.TRITON_URL,
      embedded: embeddedTriton(settings, cacheDir, environment),
      preferredModels: readPreferences(settings.TRITONE_PREFER_MODELS),
    },
    dataDir:
      settings.TRITONE_DATA_DIR ??
      path.join(environment.XDG_DATA_HOME || path.join(homedir(), '.local', 'share'), 'tritone'),
    transcripts: {
      databaseUrl: settings.DATABASE_URL,
      keptMs: settings.TRANSCRIPT_DAYS === undefined ? undefined : settings.TRANSCRIPT_DAYS * DAY_MS,
    },
    rooms: { maxParticipants: settings.MAX_PARTICIPANTS },
    uploads: { maxBytes: settings.MAX_UPLOAD_MB * 1024 * 1024 },
    avatars: { maxAvatars: settings.MAX_AVATARS },
    log: { level: settings.LOG_LEVEL, pretty: settings.LOG_PRETTY ?? isTerminal },
    demoDir: path.join(checkout, 'client', 'demo', 'dist'),
  };
}

/** `whisper_live,hi=my_hindi`: in this order. */
function readPreferences(text = ''): Config['inference']['preferredModels'] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [model = '', language] = entry.split('=').toReversed();
      return { model, language };
    });
}

function embeddedTriton(
  settings: z.infer<typeof settingsSchema>,
  cacheDir: string,
  environment: Environment,
): Config['inference']['embedded'] {
  const { TRITONE_PYTHON_ENV: pythonEnvDir, TRITONE_MODELS_DIR: modelsDir } = settings;
  if (pythonEnvDir === undefined || modelsDir === undefined) return undefined;
  // TRITONE_<MODEL>_<PARAMETER> overrides a parameter of a model's config.pbtxt. Which models there are, their folders say,
  // so all that is no setting of ours goes to them.
  const overrides = Object.entries(environment).filter(
    ([name, value]) => name.startsWith('TRITONE_') && !(name in settingsSchema.shape) && value !== undefined,
  );
  return {
    pythonEnvDir,
    pythonLibDir: settings.TRITONE_PYTHON_LIBDIR,
    modelsDir,
    repositoryDir: settings.TRITONE_MODEL_REPOSITORY,
    pythonPathDir: path.join(checkout, 'python'),
    runDir: path.join(cacheDir, 'run'),
    environment: Object.fromEntries(overrides.map(([name, value]) => [name, value ?? ''])),
  };
}
