/**
 * One line a step: what, how big, how long. A step that is already done says nothing.
 * On a terminal the last line shows what is running, and gives way to each result.
 */
export class Progress {
  #out;
  #now;
  #quiet;
  /** Starting lines of the steps that run now; some run side by side. */
  #running = new Set();

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
   * @param {() => Promise<{ value: T, detail?: string, megabytes?: number, mark?: string }>} work
   * @returns {Promise<T>}
   */
  async step(what, expectation, work) {
    const startedAt = this.#now();
    const starting = `… ${what}${expectation ? ` (${expectation})` : ''}`;
    this.#running.add(starting);
    this.#show(this.#out.isTTY ? '' : `${starting}\n`);
    let line = `✗ ${what}`;
    try {
      const { value, ...result } = await work();
      line = doneLine({ what, ...result, seconds: (this.#now() - startedAt) / 1000 });
      return value;
    } finally {
      this.#running.delete(starting);
      this.#show(`${line}\n`);
    }
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
    const running = [...this.#running].join('  ').slice(0, (this.#out.columns || 80) - 1);
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
