import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { freeMegabytes } from '../setup/cache.mjs';
import { osRelease } from '../setup/platform.mjs';
import { run } from '../setup/run.mjs';

const NVIDIA_SMI_DEADLINE_MS = 15_000;
/** Everything in the cache together, with room for one more version of it. */
const WANTED_CACHE_MB = 2000;
/** Triton takes 1 MB a model instance, more for large tensors. */
const WANTED_SHM_MB = 64;

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;

/** @returns {import('./table.mjs').Row} */
export function checkSystem() {
  const name = osRelease().name || platform();
  const found = `${name}, ${arch()}, ${availableParallelism()} cores, ${gigabytes(totalmem())}`;
  return { what: 'System', found, fit: 'yes' };
}

/**
 * Rows of nvidia-smi's table, one a GPU.
 * @param {string} csv name, memory in MiB, compute capability, driver
 */
export function parseGpus(csv) {
  return csv
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name, memory, capability, driver] = line.split(',').map((field) => field.trim());
      return { name, memoryMb: Number(memory), capability, driver };
    });
}

/** Absent is fine: the default models run on the CPU. @returns {Promise<import('./table.mjs').Row[]>} */
export async function checkGpu() {
  const query = ['--query-gpu=name,memory.total,compute_cap,driver_version', '--format=csv,noheader,nounits'];
  const { code, stdout } = await run('nvidia-smi', query, { deadlineMs: NVIDIA_SMI_DEADLINE_MS });
  if (code === 127) return [{ what: 'GPU', found: 'none: models run on the CPU', fit: 'absent' }];
  const gpus = code === 0 ? parseGpus(stdout) : [];
  if (gpus.length === 0) {
    return [
      {
        what: 'GPU',
        found: 'nvidia-smi finds none',
        fit: 'absent',
        mend: 'see what nvidia-smi says (driver, container toolkit)',
      },
    ];
  }
  return gpus.map(({ name, memoryMb, capability, driver }) => ({
    what: 'GPU',
    found: `${name}, ${Math.round(memoryMb / 1024)} GiB, compute capability ${capability}, driver ${driver}`,
    fit: 'yes',
  }));
}

/** @returns {Promise<import('./table.mjs').Row>} */
export async function checkDisk(cache) {
  const freeMb = await freeMegabytes(cache);
  const found = `${gigabytes(freeMb * 1e6)} free in ${cache}`;
  if (freeMb >= WANTED_CACHE_MB) return { what: 'Disk of the cache', found, fit: 'yes' };
  const mend = 'free some space, or set TRITONE_CACHE_DIR to a folder on a bigger disk';
  return { what: 'Disk of the cache', found, fit: 'no', mend };
}

/** Triton passes tensors to its Python models through here. @returns {Promise<import('./table.mjs').Row>} */
export async function checkSharedMemory() {
  const what = '/dev/shm';
  if (!existsSync('/dev/shm')) return { what, found: 'absent', fit: platform() === 'linux' ? 'no' : 'absent' };
  const { blocks, bavail, bsize } = await statfs('/dev/shm');
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  const found = `${gigabytes(blocks * bsize)}, ${gigabytes(freeMb * 1e6)} free`;
  if (freeMb >= WANTED_SHM_MB) return { what, found, fit: 'yes' };
  const isContainer = existsSync('/.dockerenv') || readFileSync('/proc/1/cgroup', 'utf8').includes('docker');
  const mend = isContainer ? 'start the container with --shm-size=1g' : 'mount -o remount,size=1g /dev/shm';
  return { what, found, fit: 'no', mend };
}
