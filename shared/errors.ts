/**
 * Every error that Tritone shows to anyone, one row each. The code is for programs, the sentence for people.
 * Each row's remedy stands in docs/errors.md; a test holds the two together.
 */
export const errorTable = {
  'request.invalid': { status: 400, retryable: false, message: 'The request does not fit its schema: {problem}' },
  'request.unknown_event': { status: 404, retryable: false, message: 'There is no event called {event}' },
  'request.too_large': { status: 413, retryable: false, message: 'The request is larger than {limit}' },
  'request.too_many': { status: 429, retryable: true, message: 'Too many requests; wait a moment' },
  'protocol.version': {
    status: 426,
    retryable: false,
    message: 'This page speaks protocol {client}, the server speaks {server}: reload the page',
  },
  'access.denied': { status: 403, retryable: false, message: 'This identity may not {action}' },
  'room.not_joined': { status: 409, retryable: false, message: 'Join a room first' },
  'room.already_joined': { status: 409, retryable: false, message: 'This connection has joined room {room} already' },
  'room.full': { status: 503, retryable: true, message: 'Room {room} is full' },
  'room.not_found': { status: 404, retryable: false, message: 'There is no room called {room}' },
  'room.closed': { status: 410, retryable: true, message: 'The room has closed' },
  'room.taken_over': { status: 409, retryable: false, message: 'You joined from another page' },
  'call.not_found': { status: 404, retryable: false, message: 'There is no call {callId} in room {room}' },
  'call.running': { status: 409, retryable: true, message: 'Call {callId} still runs' },
  'track.not_found': { status: 404, retryable: false, message: 'There is no track {trackId} in this room' },
  'track.source_taken': { status: 409, retryable: false, message: 'A track is already published from {source}' },
  'caption.not_found': { status: 404, retryable: false, message: 'There is no final caption {captionId} in this call' },
  'media.transport_not_found': { status: 404, retryable: false, message: 'There is no transport {transportId}' },
  'media.not_negotiated': {
    status: 422,
    retryable: false,
    message: 'The media does not fit what was negotiated: {problem}',
  },
  'media.cannot_consume': { status: 422, retryable: false, message: 'This browser cannot play track {trackId}' },
  'media.worker_died': {
    status: 503,
    retryable: true,
    message: 'The media worker stopped; media comes back by itself',
  },
  'media.unavailable': { status: 503, retryable: true, message: 'No media worker is running' },
  'inference.busy': { status: 503, retryable: true, message: 'Every slot of {model} is taken' },
  'inference.unavailable': { status: 503, retryable: true, message: 'Triton cannot be reached: {reason}' },
  'inference.no_model': { status: 503, retryable: true, message: 'No ready model offers {capability} for {language}' },
  'inference.sequence_lost': { status: 503, retryable: true, message: 'The model has forgotten this sequence' },
  'inference.failed': { status: 502, retryable: false, message: 'The model failed: {reason}' },
  'inference.bad_input': { status: 422, retryable: false, message: 'The model refused its input: {reason}' },
  'inference.timeout': { status: 504, retryable: true, message: '{model} did not answer within {deadlineMs} ms' },
  'inference.cancelled': { status: 499, retryable: false, message: 'The caller has cancelled' },
  'transcription.not_audio': {
    status: 415,
    retryable: false,
    message: 'This file holds no audio that Tritone reads: WAV, MP3, Ogg Opus or WebM Opus',
  },
  'transcription.unknown_format': {
    status: 400,
    retryable: false,
    message: 'There is no transcript format called {format}',
  },
  'transcription.not_found': { status: 404, retryable: false, message: 'There is no transcription {id}' },
  'voice.not_found': { status: 404, retryable: false, message: 'There is no voice called {voice}' },
  'voice.wrong_language': { status: 422, retryable: false, message: 'Voice {voice} does not speak {language}' },
  'voice.unreadable_text': { status: 422, retryable: false, message: 'Voice {voice} cannot read this text: {problem}' },
  'speech.empty_text': { status: 422, retryable: false, message: 'There is nothing to say in this text' },
  'speech.text_too_long': { status: 413, retryable: false, message: 'The text has more than {limit} characters' },
  'speech.queue_full': { status: 429, retryable: true, message: '{name} has {limit} texts still to say' },
  'speech.not_found': { status: 404, retryable: false, message: 'There is no utterance {utteranceId}' },
  'avatar.not_found': { status: 404, retryable: false, message: 'There is no avatar {avatarId}' },
  'avatar.participant_not_found': {
    status: 404,
    retryable: false,
    message: 'There is no avatar {participantId} in room {room}',
  },
  'avatar.not_a_picture': {
    status: 415,
    retryable: false,
    message: 'This file is no picture or video that Tritone reads: JPEG, PNG, WebP, MP4 or WebM',
  },
  'avatar.picture_too_large': { status: 413, retryable: false, message: 'The picture is larger than {limit}' },
  'avatar.no_face': { status: 422, retryable: false, message: 'No face was found in the picture' },
  'avatar.several_faces': {
    status: 422,
    retryable: false,
    message: '{count} faces were found in the picture: there must be one',
  },
  'avatar.face_too_small': {
    status: 422,
    retryable: false,
    message: 'The face is {pixels} pixels wide: at least {limit} are needed',
  },
  'avatar.face_turned': {
    status: 422,
    retryable: false,
    message: 'The face is turned or tilted too far: it must look ahead, upright',
  },
  'avatar.consent_missing': {
    status: 422,
    retryable: false,
    message: 'An avatar of a person needs their consent, confirmed in {field}',
  },
  'avatar.storage_full': { status: 507, retryable: true, message: 'The server has no room left for another avatar' },
  'store.unavailable': {
    status: 503,
    retryable: true,
    message: 'The store of transcripts cannot be reached: {reason}',
  },
  'connection.lost': {
    status: 503,
    retryable: true,
    message: 'The connection to the server is gone; it comes back by itself',
  },
  'connection.timeout': {
    status: 504,
    retryable: true,
    message: 'The server did not answer {event} within {deadlineMs} ms',
  },
  'connection.unreachable': { status: 503, retryable: true, message: 'The server cannot be reached' },
  'device.denied': { status: 403, retryable: false, message: 'The browser does not let this page use the {device}' },
  'device.not_found': { status: 404, retryable: false, message: 'No {device} was found' },
  'device.in_use': { status: 409, retryable: true, message: 'The {device} is in use by another program' },
  'device.failed': { status: 500, retryable: true, message: 'The {device} could not be opened' },
  'browser.unsupported': { status: 501, retryable: false, message: 'This browser cannot make calls: {problem}' },
  'server.port_taken': {
    status: 503,
    retryable: false,
    message: 'Port {port} is taken by another program: set {setting} to a free one',
  },
  'server.bad_settings': { status: 500, retryable: false, message: 'Settings that do not fit: {problem}' },
  'server.data_taken': {
    status: 503,
    retryable: false,
    message: 'Another Tritone uses the data folder {folder}: stop it, or set TRITONE_DATA_DIR to another one',
  },
  'server.storage_full': { status: 507, retryable: true, message: 'The server has no room left for this file' },
  internal: { status: 500, retryable: false, message: 'Something went wrong on the server' },
} as const satisfies Record<string, { status: number; retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof errorTable;
export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** What crosses the wire of a failure: no stack, no cause, nothing of the machine. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retryable: boolean;
}

export type ErrorFields = Readonly<Record<string, string | number>>;

/** The only error class. Decide by `code` or `retryable`, never by the message. */
export class TritoneError extends Error {
  override readonly name = 'TritoneError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;

  constructor(code: ErrorCode, fields: ErrorFields = {}, options?: { cause?: unknown }) {
    const row = errorTable[code];
    super(fillIn(row.message, fields), options);
    this.code = code;
    this.status = row.status;
    this.retryable = row.retryable;
  }

  /** `cause` itself where it is a TritoneError already, else a new error of `code` that carries it. */
  static from(cause: unknown, code: ErrorCode, fields: ErrorFields = {}): TritoneError {
    return cause instanceof TritoneError ? cause : new TritoneError(code, fields, { cause });
  }

  /** What `toBody` made, at the other end of the wire. A code that this page does not know becomes `internal`. */
  static fromBody(body: ErrorBody): TritoneError {
    const error = new TritoneError(Object.hasOwn(errorTable, body.code) ? body.code : 'internal');
    error.message = body.message;
    return error;
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}

function fillIn(message: string, fields: ErrorFields): string {
  return message.replace(/\{(\w+)\}/g, (hole, name: string) => String(fields[name] ?? hole.slice(1, -1)));
}
