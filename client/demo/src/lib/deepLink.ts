export interface DeepLink {
  readonly room: string | undefined;
  readonly name: string | undefined;
  readonly language: string | undefined;
  /** What captions are read in. */
  readonly captions: string | undefined;
  /** Join at once, without the lobby. */
  readonly autojoin: boolean;
  readonly camera: boolean | undefined;
  readonly microphone: boolean | undefined;
  /** The browser's clean-up of the voice; off for measurements and music. */
  readonly processing: boolean | undefined;
}

/** `/?room=R&name=N&autojoin=1&language=en&captions=hi&camera=0&microphone=0&processing=0` */
export function readDeepLink(search: string): DeepLink {
  const query = new URLSearchParams(search);
  return {
    room: query.get('room') ?? undefined,
    name: query.get('name') ?? undefined,
    language: query.get('language') ?? undefined,
    captions: query.get('captions') ?? undefined,
    autojoin: query.get('autojoin') === '1' && (query.get('room') ?? '') !== '',
    camera: flag(query.get('camera')),
    microphone: flag(query.get('microphone')),
    processing: flag(query.get('processing')),
  };
}

/** What to send to others: the room alone, among the calls of the server by which this page came or at another `origin` of it. */
export function roomLink(room: string, origin = globalThis.location.origin): string {
  const link = new URL(globalThis.location.pathname.replace(/studio\/(index\.html)?$/, ''), origin);
  link.searchParams.set('room', room);
  return link.href;
}

function flag(value: string | null): boolean | undefined {
  return value === null ? undefined : value !== '0';
}
