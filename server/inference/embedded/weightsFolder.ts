import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The models' weights, a folder each: what set-up, or a person, puts there while Triton runs is noticed. */
export class WeightsFolder {
  readonly #dir: string;
  #known: ReadonlySet<string> = new Set();

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async open(dir: string): Promise<WeightsFolder> {
    const folder = new WeightsFolder(dir);
    await folder.hasChanged();
    return folder;
  }

  /** Whether weights have come, or got another file, since it was last asked. Never rejects. */
  async hasChanged(): Promise<boolean> {
    const names = (await readdir(this.#dir).catch(() => [])).toSorted();
    const seen = await Promise.all(
      names.map((name) =>
        stat(join(this.#dir, name)).then(
          ({ mtimeMs }) => `${name} ${mtimeMs}`,
          () => '', // a link to weights that have not come
        ),
      ),
    );
    const before = this.#known;
    this.#known = new Set(seen.filter(Boolean));
    return [...this.#known].some((entry) => !before.has(entry));
  }
}
