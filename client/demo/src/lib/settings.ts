import { Emitter } from '../../../sdk/index.ts';

export type CaptionSize = 'small' | 'medium' | 'large' | 'huge';
export type CaptionPosition = 'bottom' | 'top';

/** What this browser remembers of its user. */
export interface Settings {
  name: string;
  language: string;
  microphoneId: string;
  cameraId: string;
  speakerId: string;
  microphoneOn: boolean;
  cameraOn: boolean;
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
  language: 'auto',
  microphoneId: '',
  cameraId: '',
  speakerId: '',
  microphoneOn: true,
  cameraOn: true,
  captionsShown: true,
  captionSize: 'medium',
  captionPosition: 'bottom',
  captionsAnnounced: true,
  shortcuts: true,
};

/** Kept in local storage where the browser allows it. A fresh object after each change. */
export class SettingsStore {
  readonly events = new Emitter<{ changed: [] }>();
  #settings: Settings = { ...defaults, ...stored() };

  get current(): Settings {
    return this.#settings;
  }

  change(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#settings));
    } catch {
      // Private windows may refuse: the settings last as long as the page.
    }
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
