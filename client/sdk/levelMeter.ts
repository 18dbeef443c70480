const FLOOR_DB = -60;
const CEILING_DB = -10;

/** How loud a track is, for a meter. Takes nothing away from the track and does not play it. */
export class LevelMeter {
  readonly #context: AudioContext;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    this.#context = new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser);
    // Made before the person has touched the page, a context stands still.
    void this.#context.resume().catch(() => {});
  }

  /** 0 (-60 dBFS or less) to 1 (-10 dBFS or more), RMS of the last 21 ms at 48 kHz. */
  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    const decibels = 10 * Math.log10(power + 1e-12);
    return Math.min(1, Math.max(0, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
  }

  close(): void {
    void this.#context.close().catch(() => {});
  }
}
