import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';

export interface LayerDemandEvents {
  /** Told at the first viewer and whenever it changes; empty when nobody watches. */
  changed: [trackId: string, layers: readonly number[]];
}

/**
 * Which spatial layers of a simulcast track its viewers may take: all up to the highest that one who is not paused
 * prefers. The lower ones are among them, because mediasoup falls back to them when a viewer's network is short, and the
 * higher ones stay while that lasts, because it can only go back to what is being sent.
 */
export class LayerDemand {
  readonly events = new EventEmitter<LayerDemandEvents>();
  readonly #viewers = new Map<string, Set<types.Consumer>>();
  readonly #layerCounts = new Map<string, number>();
  readonly #told = new Map<string, number>();

  watch(producer: types.Producer): void {
    this.#viewers.set(producer.id, new Set());
    this.#layerCounts.set(producer.id, producer.rtpParameters.encodings?.length ?? 1);
    producer.observer.once('close', () => {
      this.#viewers.delete(producer.id);
      this.#layerCounts.delete(producer.id);
      this.#told.delete(producer.id);
    });
  }

  /** Consumers of other tracks are let be. */
  add(consumer: types.Consumer): void {
    const { producerId } = consumer;
    const viewers = this.#viewers.get(producerId);
    if (viewers === undefined) return;
    viewers.add(consumer);
    const changed = () => this.#tell(producerId);
    consumer.observer.on('pause', changed);
    consumer.observer.on('resume', changed);
    consumer.observer.once('close', () => {
      viewers.delete(consumer);
      changed();
    });
    changed();
  }

  /** A viewer prefers other layers than before: mediasoup has no event for that. */
  preferencesChanged(consumer: types.Consumer): void {
    this.#tell(consumer.producerId);
  }

  #tell(trackId: string): void {
    const viewers = this.#viewers.get(trackId);
    if (viewers === undefined) return;
    const all = this.#layerCounts.get(trackId) ?? 0;
    let count = 0;
    for (const { paused, preferredLayers } of viewers) {
      if (paused) continue;
      // Without a preference mediasoup gives the best.
      count = Math.max(count, preferredLayers === undefined ? all : Math.min(all, preferredLayers.spatialLayer + 1));
    }
    if (this.#told.get(trackId) === count) return;
    this.#told.set(trackId, count);
    this.events.emit(
      'changed',
      trackId,
      Array.from({ length: count }, (_, layer) => layer),
    );
  }
}
