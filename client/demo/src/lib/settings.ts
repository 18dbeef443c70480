import { Emitter } from '../../../sdk/index.ts';
import { browserLanguage } from './languages.ts';

export type CaptionSize = 'small' | 'medium' | 'large' | 'huge';
export type CaptionPosition = 'bottom' | 'top';

/** What this browser remembers of its user. */
export interface Settings {
  name: string;
  language: string;
  /** What captions are read in: a tag, or `original`. */
  captionLanguage: string;
  /** The original stands below its translation. */
  bilingual: boolean;
  microphoneId: string;
  cameraId: string;
  speakerId: string;
  microphoneOn: boolean;
  cameraOn: boolean;
  /** The browser's echo cancellation, noise suppression and gain control. */
  voiceProcessing: boolean;
  captionsShown: boolean;
  captionSize: CaptionSize;
  captionPosition: CaptionPosition;
  /** Finals go to the live region for screen readers. */
  captionsAnnounced: boolean;
  /** Single-key shortcuts; WCAG 2.1.4 wants them switchable. */
  shortcuts: boolean;
}

const KEY = 'tritone.settings';

const defaults: Settings = {
  name: '',
  language: browserLanguage(),
  captionLanguage: 'original',
  bilingual: true,
  microphoneId: '',
  cameraId: '',
  speakerId: '',
  microphoneOn: true,
  cameraOn: true,
  voiceProcessing: true,
  captionsShown: true,
  captionSize: 'medium',
  captionPosition: 'bottom',
  captionsAnnounced: true,
  shortcuts: true,
};

/** Kept in local storage where the browser allows it. A fresh object after each change. */
export class SettingsStore {
  readonly events = new Emitter<{ changed: [] }>();
  #kept: Partial<Settings> = stored();
  #settings: Settings = { ...defaults, ...this.#kept };

  get current(): Settings {
    return this.#settings;
  }

  change(change: Partial<Settings>): void {
    this.#kept = { ...this.#kept, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // Private windows may refuse: the settings last as long as the page.
    }
    this.lend(change);
  }

  /** For this page alone: a link's wish is not the person's. */
  lend(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    this.events.emit('changed');
  }
}

function stored(): Partial<Settings> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    const known = Object.entries(value).filter(
      ([key, entry]) => key in defaults && typeof entry === typeof defaults[key as keyof Settings],
    );
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

export const settings = new SettingsStore();
