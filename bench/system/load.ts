import { machineCpuSeconds, processTree } from './processTree.ts';

export type Role = 'node' | 'mediasoup' | 'triton' | 'peer';

export interface LoadSample {
  readonly atMs: number;
  readonly cpuSeconds: Readonly<Partial<Record<Role, number>>>;
  readonly residentMb: Readonly<Partial<Record<Role, number>>>;
}

export interface LoadReport {
  /** Percent of one core, mean over the run. */
  readonly cpuPercent: Readonly<Partial<Record<Role, number>>>;
  /** The same of everything on the machine: what neither is ours nor the bench's was someone else's. */
  readonly machineCpuPercent: number;
  readonly samples: readonly LoadSample[];
}

const SAMPLE_EVERY_MS = 5000;

/** Watches what a server and the processes below it use. */
export class LoadWatch implements Disposable {
  readonly #root: number;
  readonly #roleOf: (name: string, isRoot: boolean) => Role;
  readonly #samples: LoadSample[] = [];
  readonly #machineCpuBefore = machineCpuSeconds();
  readonly #timer: NodeJS.Timeout;

  constructor(root: number, roleOf: (name: string, isRoot: boolean) => Role) {
    this.#root = root;
    this.#roleOf = roleOf;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
  }

  /** Until now. */
  report(): LoadReport {
    this.#sample();
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return { cpuPercent: {}, machineCpuPercent: 0, samples: [] };
    const seconds = (last.atMs - first.atMs) / 1000;
    const cpuPercent = Object.fromEntries(
      Object.entries(last.cpuSeconds).map(([role, cpu]) => [
        role,
        (100 * (cpu - (first.cpuSeconds[role as Role] ?? 0))) / seconds,
      ]),
    );
    const machineCpuPercent = (100 * (machineCpuSeconds() - this.#machineCpuBefore)) / seconds;
    return { cpuPercent, machineCpuPercent, samples: this.#samples };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const cpuSeconds: Partial<Record<Role, number>> = {};
    const residentMb: Partial<Record<Role, number>> = {};
    for (const facts of processTree(this.#root)) {
      const role = this.#roleOf(facts.name, facts.pid === this.#root);
      cpuSeconds[role] = (cpuSeconds[role] ?? 0) + facts.cpuSeconds;
      residentMb[role] = (residentMb[role] ?? 0) + facts.residentMb;
    }
    this.#samples.push({ atMs: performance.now(), cpuSeconds, residentMb });
  }
}

/** Of Tritone's processes. */
export function tritoneRole(name: string, isRoot: boolean): Role {
  if (isRoot) return 'node';
  return name.startsWith('mediasoup') ? 'mediasoup' : 'triton';
}
