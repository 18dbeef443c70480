/**
 * The last stretch of one speaker's sound, addressed by place on the track's time line, in samples.
 * Policy when full: the oldest is overwritten.
 */
export class PcmRing {
  readonly #samples: Int16Array;
  #start = 0;
  #end = 0;

  /** @param capacity samples kept; 30 s at 16 kHz are 480,000, 1 MB */
  constructor(capacity: number) {
    this.#samples = new Int16Array(capacity);
  }

  /** The oldest sample still here. */
  get startSample(): number {
    return this.#start;
  }

  /** One past the newest sample. */
  get endSample(): number {
    return this.#end;
  }

  /** A hole before `startSample` reads as silence; what was written already is not written again. */
  write(pcm: Int16Array, startSample: number): void {
    if (this.#end === 0 && this.#start === 0) this.#start = this.#end = startSample;
    if (startSample > this.#end) this.#fillSilence(startSample);
    const fresh = pcm.subarray(Math.max(0, this.#end - startSample));
    this.#copyIn(fresh);
  }

  /** A copy of `fromSample` on, `count` samples at most; empty past the end. @throws RangeError before `startSample` */
  read(fromSample: number, count: number): Int16Array {
    if (fromSample < this.#start) throw new RangeError(`sample ${fromSample} is no longer held`);
    const length = Math.max(0, Math.min(count, this.#end - fromSample));
    const out = new Int16Array(length);
    const at = fromSample % this.#samples.length;
    const head = this.#samples.subarray(at, Math.min(at + length, this.#samples.length));
    out.set(head);
    out.set(this.#samples.subarray(0, length - head.length), head.length);
    return out;
  }

  #copyIn(pcm: Int16Array): void {
    const kept = pcm.subarray(Math.max(0, pcm.length - this.#samples.length));
    const at = (this.#end + pcm.length - kept.length) % this.#samples.length;
    const head = kept.subarray(0, this.#samples.length - at);
    this.#samples.set(head, at);
    this.#samples.set(kept.subarray(head.length), 0);
    this.#advance(this.#end + pcm.length);
  }

  #fillSilence(untilSample: number): void {
    const from = Math.max(this.#end, untilSample - this.#samples.length);
    for (let sample = from; sample < untilSample; sample++) this.#samples[sample % this.#samples.length] = 0;
    this.#advance(untilSample);
  }

  #advance(endSample: number): void {
    this.#end = endSample;
    this.#start = Math.max(this.#start, endSample - this.#samples.length);
  }
}
