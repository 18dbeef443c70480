import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { TritonLayout } from './layout.ts';
import { groupMembers, isAlive, readProcess, signalGroup } from './processes.ts';

const SHARED_MEMORY = '/dev/shm';
const NOTE = 'run.json';

const runNote = z.object({
  /** Containers may share the folder: a process number means something on its own host alone. */
  host: z.string(),
  ownerPid: z.int(),
  ownerStartedAt: z.number(),
  group: z.int(),
  sharedMemoryPrefix: z.string().min(8),
});

export interface BackendPieces {
  readonly layout: TritonLayout;
  /** Its packages can be imported by models. */
  readonly pythonPathDir: string;
}

/** What one run of Triton leaves on the machine: its backend folder, its shared memory, its process group. */
export class RunFolder {
  readonly backendDir: string;
  readonly sharedMemoryPrefix: string;
  readonly dir: string;

  static async create(runDir: string, pieces: BackendPieces): Promise<RunFolder> {
    await mkdir(runDir, { recursive: true });
    const folder = new RunFolder(await mkdtemp(join(runDir, `triton-${process.pid}-`)));
    const python = join(folder.backendDir, 'python');
    await mkdir(python, { recursive: true });
    // The wheel keeps the stub in another place than where the backend looks for it. And stubs run isolated: they
    // ignore PYTHONPATH, but this folder is on their path, so the models' packages are reached through it.
    const { layout, pythonPathDir } = pieces;
    const paths = [layout.stub, ...layout.backend, ...(await packagesIn(pythonPathDir))];
    await Promise.all(paths.map((path) => symlink(path, join(python, basename(path)))));
    return folder;
  }

  private constructor(dir: string) {
    this.dir = dir;
    this.backendDir = join(dir, 'backends');
    this.sharedMemoryPrefix = `tritone_${basename(dir)}_`;
  }

  /** Whoever starts next after a crash of ours finds the group by this. */
  async note(group: number): Promise<void> {
    const owner = await readProcess(process.pid);
    const note: z.infer<typeof runNote> = {
      host: hostname(),
      ownerPid: process.pid,
      ownerStartedAt: owner?.startedAt ?? 0,
      group,
      sharedMemoryPrefix: this.sharedMemoryPrefix,
    };
    await writeFile(join(this.dir, NOTE), JSON.stringify(note));
  }

  /** Never rejects. */
  async remove(): Promise<void> {
    await sweepSharedMemory(this.sharedMemoryPrefix);
    await rm(this.dir, { recursive: true, force: true }).catch(() => {});
  }
}

/** Ends and clears away what servers left behind that died without a word. Never rejects. Returns how many runs. */
export async function sweepLeftovers(runDir: string): Promise<number> {
  const names = await readdir(runDir).catch(() => []);
  const swept = await Promise.all(names.map((name) => sweepRun(join(runDir, name)).catch(() => false)));
  return swept.filter(Boolean).length;
}

async function packagesIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  const inits = await Promise.all(
    names.map((name) =>
      access(join(dir, name, '__init__.py')).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return inits.flat().map((name) => join(dir, name));
}

async function sweepRun(dir: string): Promise<boolean> {
  const note = runNote.safeParse(JSON.parse(await readFile(join(dir, NOTE), 'utf8')));
  if (!note.success || note.data.host !== hostname()) return false;
  const { ownerPid, ownerStartedAt, group, sharedMemoryPrefix } = note.data;
  if (await isAlive({ pid: ownerPid, startedAt: ownerStartedAt })) return false;
  for (const member of await groupMembers(group)) {
    // A group number may have been given anew: only what names our shared memory is ours.
    const command = await readFile(`/proc/${member.pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(sharedMemoryPrefix)) {
      signalGroup(group, 'SIGKILL');
      break;
    }
  }
  await sweepSharedMemory(sharedMemoryPrefix);
  await rm(dir, { recursive: true, force: true });
  return true;
}

async function sweepSharedMemory(prefix: string): Promise<void> {
  const names = await readdir(SHARED_MEMORY).catch(() => []);
  const ours = names.filter((name) => name.startsWith(prefix));
  await Promise.all(ours.map((name) => rm(join(SHARED_MEMORY, name), { force: true }).catch(() => {})));
}
