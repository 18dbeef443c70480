import type { Catalogue } from '../../inference/catalogue.ts';
import { AVATAR_PREPARATION } from '../../inference/chooseFaceModel.ts';
import { SPEECH_TO_TEXT } from '../../inference/chooseSpeechModel.ts';
import type { Log } from '../../streams/log.ts';
import type { AvatarStore } from './avatarStore.ts';

export interface BundledFaceOptions {
  readonly store: Pick<AvatarStore, 'prepareBundled'>;
  readonly catalogue: Catalogue;
  readonly log: Log;
}

/**
 * Has the bundled face prepared before the first visitor wants to see it: once its model is ready and no captions
 * are waiting to load. Where that fails it tries again the next time the model becomes ready.
 */
export class BundledFace implements Disposable {
  readonly #options: BundledFaceOptions;
  readonly #look = () => this.#tryWhenReady();
  #wasReady = false;
  #hasFailed = false;

  constructor(options: BundledFaceOptions) {
    this.#options = options;
    options.catalogue.events.on('changed', this.#look);
    this.#look();
  }

  [Symbol.dispose](): void {
    this.#options.catalogue.events.off('changed', this.#look);
  }

  #tryWhenReady(): void {
    const { catalogue } = this.#options;
    const isLoading = catalogue.cards().some((card) => card.capability === SPEECH_TO_TEXT && card.state === 'loading');
    const isReady = !isLoading && catalogue.ready(AVATAR_PREPARATION).length > 0;
    const isNew = isReady && !this.#wasReady;
    this.#wasReady = isReady;
    if (isNew) void this.#prepare();
  }

  async #prepare(): Promise<void> {
    const { store, log } = this.#options;
    try {
      await store.prepareBundled();
      this[Symbol.dispose]();
    } catch (cause) {
      if (!this.#hasFailed) log.warn({ err: cause }, 'bundled avatar cannot be prepared ahead');
      this.#hasFailed = true;
    }
  }
}
