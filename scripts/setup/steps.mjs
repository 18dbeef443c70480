/**
 * One line a step: what, how big, how long. A step that is already done says nothing.
 * On a terminal the line of the running step is replaced by its result.
 */
export class Progress {
  #out;
  #now;
  #quiet;

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
   * @param {() => Promise<{ value: T, detail?: string, megabytes?: number }>} work
   * @returns {Promise<T>}
   */
  async step(what, expectation, work) {
    const startedAt = this.#now();
    const starting = `… ${what}${expectation ? ` (${expectation})` : ''}`;
    this.#write(this.#out.isTTY ? starting : `${starting}\n`);
    try {
      const { value, detail, megabytes } = await work();
      this.#finish(doneLine({ what, detail, megabytes, seconds: (this.#now() - startedAt) / 1000 }));
      return value;
    } catch (error) {
      this.#finish(`✗ ${what}`);
      throw error;
    }
  }

  /** A line that belongs to no step. */
  note(text) {
    this.#finish(text);
  }

  #finish(line) {
    this.#write(this.#out.isTTY ? `\r\u001b[2K${line}\n` : `${line}\n`);
  }

  #write(text) {
    if (!this.#quiet) this.#out.write(text);
  }
}

/** "✓ Node 24.21.0  124 MB  6 s" */
export function doneLine({ what, detail, megabytes, seconds }) {
  const parts = [`✓ ${what}${detail ? ` (${detail})` : ''}`];
  if (megabytes !== undefined) parts.push(`${megabytes} MB`);
  parts.push(seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`);
  return parts.join('  ');
}
