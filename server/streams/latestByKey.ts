/** Holds the latest value of each key in order of its last change: the policy for captions to a slow page. Bounded by its keys. */
export class LatestByKey<K, V> {
  readonly #values = new Map<K, V>();

  get size(): number {
    return this.#values.size;
  }

  /** Returns true when an unread value was replaced. */
  set(key: K, value: V): boolean {
    const replaced = this.#values.delete(key);
    this.#values.set(key, value);
    return replaced;
  }

  /** All that waits, oldest change first; empties the store. */
  take(): V[] {
    const values = [...this.#values.values()];
    this.#values.clear();
    return values;
  }
}
