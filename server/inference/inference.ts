import { EventEmitter } from 'node:events';
import type { Clock } from '../streams/clock.ts';
import type { Log } from '../streams/log.ts';
import type { Metrics } from '../streams/metrics.ts';
import { Admission } from './admission.ts';
import { TritonAvatarPreparation } from './avatarPreparation.ts';
import { Catalogue } from './catalogue.ts';
import type { ModelPreference } from './chooseSpeechModel.ts';
import { type EmbeddedConfig, EmbeddedTriton } from './embedded/embeddedTriton.ts';
import { LifeSigns } from './lifeSigns.ts';
import { TritonLipSync } from './lipSync.ts';
import type { AvatarPreparation, LipSync } from './lipSync.types.ts';
import type { ModelCard } from './modelCard.ts';
import type { ModelAccess } from './openSequence.ts';
import { RemoteTriton } from './remoteTriton.ts';
import { TritonSpeechToText } from './speechToText.ts';
import type { SpeechToText } from './speechToText.types.ts';
import { Supervisor } from './supervisor.ts';
import { TritonTextToSpeech } from './textToSpeech.ts';
import type { TextToSpeech } from './textToSpeech.types.ts';
import { TritonTranslator } from './translation.ts';
import type { Translator } from './translation.types.ts';
import type { InferenceStatus, TritonHost } from './triton.types.ts';

export interface InferenceConfig {
  /** Somebody else's Triton, `grpc://host:8001` or, with TLS, `grpcs://host:8001`; ours is started where it is absent. */
  readonly tritonUrl?: string | undefined;
  readonly embedded?: EmbeddedConfig | undefined;
  /** Which models the operator wants before the catalogue's own choice. */
  readonly preferredModels?: readonly ModelPreference[];
}

export interface InferenceOptions {
  readonly config: InferenceConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface InferenceReadiness {
  readonly ready: boolean;
  readonly reason?: string;
  readonly models: readonly Pick<ModelCard, 'name' | 'capability' | 'state' | 'reason'>[];
}

/** All of inference behind one door: a Triton that is kept answering, and what its models can do. */
export class Inference implements AsyncDisposable {
  readonly speechToText: SpeechToText;
  readonly textToSpeech: TextToSpeech;
  readonly lipSync: LipSync;
  readonly avatarPreparation: AvatarPreparation;
  readonly translator: Translator;
  readonly catalogue = new Catalogue();
  readonly events = new EventEmitter<{ changed: [status: InferenceStatus] }>();
  readonly #supervisor: Supervisor;

  /** Returns at once and never throws: where there is no Triton, `status` says why, and it comes by itself. */
  static open(options: InferenceOptions): Inference {
    return new Inference(options);
  }

  private constructor({ config, clock, log, metrics }: InferenceOptions) {
    const host: TritonHost =
      config.tritonUrl === undefined
        ? new EmbeddedTriton({ config: config.embedded, clock, log })
        : new RemoteTriton(config.tritonUrl);
    const { preferredModels = [] } = config;
    const inUse = new Set<string>();
    const signs = new LifeSigns(clock);
    const { catalogue } = this;
    this.#supervisor = new Supervisor({
      host,
      catalogue,
      clock,
      log,
      metrics,
      signs,
      preferred: () => [...[...inUse].toReversed(), ...preferredModels.map(({ model }) => model)],
    });
    this.#supervisor.events.on('changed', (status) => this.events.emit('changed', status));
    const access: ModelAccess = {
      catalogue,
      admission: new Admission(),
      clock,
      metrics,
      signs,
      preferences: preferredModels,
      client: () => this.#supervisor.client(),
      suspect: () => this.#supervisor.suspect(),
      onChosen: (model) => {
        inUse.delete(model);
        inUse.add(model);
      },
    };
    this.speechToText = new TritonSpeechToText(access);
    this.textToSpeech = new TritonTextToSpeech(access);
    this.lipSync = new TritonLipSync(access);
    this.avatarPreparation = new TritonAvatarPreparation(access);
    this.translator = new TritonTranslator(access);
  }

  get status(): InferenceStatus {
    return this.#supervisor.status;
  }

  /** For health checks. */
  readiness(): InferenceReadiness {
    const { state, reason } = this.status;
    const models = this.catalogue.cards().map((card) => ({
      name: card.name,
      capability: card.capability,
      state: card.state,
      reason: card.reason,
    }));
    return { ready: state === 'ready', ...(reason !== undefined && { reason }), models };
  }

  /** Cancels what is open and ends our Triton. Never rejects; twice is once. */
  close(): Promise<void> {
    return this.#supervisor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
