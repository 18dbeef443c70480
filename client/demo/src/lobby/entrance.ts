import type { Capture } from '../../../sdk/index.ts';

/** What a person brings into the call. */
export interface Entrance {
  room: string;
  name: string;
  language: string;
  /** What captions are read in: a tag, or `original`. */
  captionLanguage: string;
  microphoneOn: boolean;
  cameraOn: boolean;
  /** Opened in the lobby already; the call takes them over. */
  microphone?: Capture | undefined;
  camera?: Capture | undefined;
}
