/** Where there is no terminal, how far a step has come is told no oftener. */
const TELL_EVERY_MS = 15_000;

/**
 * One line a step: what, how big, how long. A step that is already done says nothing.
 * On a terminal the last line shows what is running, and gives way to each result.
 */
export class Progress {
  #out;
  #now;
  #quiet;
  /** What is shown of the steps that run now, by their starting lines; some run side by side. */
  #running = new Map();

  /** @param {{ out?: NodeJS.WriteStream, now?: () => number, quiet?: boolean }} [options] */
  constructor({ out = process.stderr, now = () => performance.now(), quiet = false } = {}) {
    this.#out = out;
    this.#now = now;
    this.#quiet = quiet;
  }

  /**
   * @template T
   * @param {string} what
   * @param {string} expectation what to expect while it runs: "about 30 MB to fetch"
   * @param {(tell: (percent: number) => void) => Promise<{ value: T, detail?: string, megabytes?: number, mark?: string }>} work
   *   may `tell` how far it has come
   * @returns {Promise<T>}
   */
  async step(what, expectation, work) {
    const startedAt = this.#now();
    const starting = `… ${what}${expectation ? ` (${expectation})` : ''}`;
    this.#running.set(starting, starting);
    this.#show(this.#out.isTTY ? '' : `${starting}\n`);
    let line = `✗ ${what}`;
    try {
      const { value, ...result } = await work(this.#teller(starting, what, startedAt));
      line = doneLine({ what, ...result, seconds: (this.#now() - startedAt) / 1000 });
      return value;
    } finally {
      this.#running.delete(starting);
      this.#show(`${line}\n`);
    }
  }

  #teller(starting, what, startedAt) {
    let told;
    let toldAt = startedAt;
    return (percent) => {
      if (percent === told) return;
      const line = `… ${percent} % ${what}`;
      if (this.#out.isTTY) {
        this.#running.set(starting, line);
        this.#show('');
      } else if (this.#now() - toldAt >= TELL_EVERY_MS) {
        toldAt = this.#now();
        this.#show(`${line}\n`);
      }
      told = percent;
    };
  }

  /** A line that belongs to no step. */
  note(text) {
    this.#show(`${text}\n`);
  }

  #show(lines) {
    if (this.#quiet) return;
    if (!this.#out.isTTY) {
      this.#out.write(lines);
      return;
    }
    const running = [...this.#running.values()].join('  ').slice(0, (this.#out.columns || 80) - 1);
    this.#out.write(`\r\u001b[2K${lines}${running}`);
  }
}

/** "✓ Node 24.21.0  124 MB  6 s" */
export function doneLine({ what, detail, megabytes, seconds, mark = '✓' }) {
  const parts = [`${mark} ${what}${detail ? ` (${detail})` : ''}`];
  if (megabytes !== undefined) parts.push(`${megabytes} MB`);
  parts.push(seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`);
  return parts.join('  ');
}
