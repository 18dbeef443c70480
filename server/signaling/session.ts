import { TritoneError } from '../../shared/errors.ts';
import type { CaptionsStatus, Notice, NoticeName, RequestPayload, RequestValue } from '../../shared/protocol.ts';
import type { LogEntry } from '../../shared/roomLog.ts';
import { type Identity, requireGrant } from '../rooms/identity.ts';
import type { Participant, ParticipantEvents } from '../rooms/participant.ts';
import type { Room } from '../rooms/room.ts';
import type { RoomParticipant } from '../rooms/roomHandle.ts';
import type { RoomRegistry } from '../rooms/roomRegistry.ts';
import type { Histogram } from '../streams/metrics.ts';
import type { Handlers } from './dispatch.ts';
import { LogFanOut, type LogSink } from './logFanOut.ts';

export interface SessionOptions {
  identity: Identity;
  rooms: RoomRegistry;
  captionsStatus: () => CaptionsStatus;
  /** Of an avatar, as one viewer sees it; see `playout:report`. */
  playoutSkewMs: Histogram;
  connection: Connection;
}

/** What a session needs of its socket. */
export interface Connection extends Omit<LogSink, 'send'> {
  notify<N extends NoticeName>(name: N, notice: Notice<N>): void;
  /** Calls `task` whenever what was written has left, until the answer is called. */
  onDrain(task: () => void): () => void;
  close(): void;
}

interface Seat {
  readonly room: Room;
  readonly participant: Participant;
  readonly leave: () => void;
}

/** One connection of one page: at most one seat in one room. Translates between the protocol and the room, decides nothing. */
export class Session {
  readonly handlers: Handlers;
  readonly #options: SessionOptions;
  #seat: Seat | undefined;
  #joining = false;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.handlers = this.#makeHandlers();
  }

  /** The connection is gone. The participant is held for its return unless it left. */
  close(): void {
    this.#closed = true;
    const seat = this.#seat;
    if (seat === undefined) return;
    this.#standUp();
    seat.room.hold(seat.participant.participantId);
  }

  #makeHandlers(): Handlers {
    return {
      'room:join': (payload) => this.#join(payload),
      'room:leave': () => {
        const { room, participant } = this.#seated();
        this.#standUp();
        room.leave(participant.participantId);
        return {};
      },
      'participant:update': (change) => {
        const { room, participant } = this.#seated();
        room.update(participant.participantId, change);
        if (change.captionLanguage !== undefined) room.readIn(participant.participantId, change.captionLanguage);
        return {};
      },
      'transport:create': async ({ direction }) => {
        this.#require(direction === 'send' ? 'publish' : 'subscribe');
        return asStructures(await this.#media().createTransport(direction));
      },
      'transport:connect': async ({ transportId, dtlsParameters }) => {
        await this.#media().connectTransport(transportId, dtlsParameters);
        return {};
      },
      'transport:restart-ice': async ({ transportId }) => ({
        iceParameters: { ...(await this.#media().restartIce(transportId)) },
      }),
      'track:publish': async (request) => {
        this.#require('publish');
        const { room, participant } = this.#seated();
        return { trackId: await room.publish(participant, request) };
      },
      'track:pause': async ({ trackId }) => this.#pauseTrack(trackId, true),
      'track:resume': async ({ trackId }) => this.#pauseTrack(trackId, false),
      'track:close': ({ trackId }) => {
        const { room, participant } = this.#seated();
        room.closeTrack(participant, trackId);
        return {};
      },
      'consumer:create': async (request) => {
        this.#require('subscribe');
        const { consumerId, kind, rtpParameters } = await this.#media().consume(request);
        return { consumerId, kind, rtpParameters: { ...rtpParameters } };
      },
      'consumer:resume': async ({ consumerId }) => {
        await this.#media().setConsumerPaused(consumerId, false);
        return {};
      },
      'consumer:pause': async ({ consumerId }) => {
        await this.#media().setConsumerPaused(consumerId, true);
        return {};
      },
      'consumer:close': ({ consumerId }) => {
        this.#media().closeConsumer(consumerId);
        return {};
      },
      'consumer:layers': async ({ consumerId, ...layers }) => {
        await this.#media().setConsumerLayers(consumerId, layers);
        return {};
      },
      'caption:edit': (edit) => {
        this.#require('publish');
        const { room, participant } = this.#seated();
        room.editCaption(participant.participantId, edit);
        return {};
      },
      'playout:report': ({ participantId, skewMs }) => {
        // Only ours are measured: a guest's clock is their own affair.
        const measured: RoomParticipant | undefined = this.#seated().room.participant(participantId);
        if (measured?.synthetic === true) this.#options.playoutSkewMs.observe(skewMs);
        return {};
      },
      'clock:read': () => ({ nowMs: this.#seated().room.clock.nowMs() }),
    };
  }

  async #join(payload: RequestPayload<'room:join'>): Promise<RequestValue<'room:join'>> {
    this.#require('join');
    if (this.#seat !== undefined || this.#joining)
      throw new TritoneError('room.already_joined', { room: payload.room });
    this.#joining = true;
    try {
      const room = await this.#options.rooms.open(payload.room);
      // Whatever may fail comes before the seat is taken: who is refused must be able to ask again.
      const routerRtpCapabilities = { ...room.rtpCapabilities };
      const resumed = payload.resumeToken === undefined ? undefined : room.resume(payload.resumeToken);
      const participant = resumed ?? room.join(this.#options.identity, payload);
      if (resumed !== undefined) room.update(resumed.participantId, payload);
      if (payload.captionLanguage !== undefined) room.readIn(participant.participantId, payload.captionLanguage);
      // Entries are read and the listener attached in one turn: none is missed, none comes twice.
      const entries = room.log.read(payload.since?.callId === room.callId ? payload.since.seq : 0);
      this.#seat = this.#sitDown(room, participant);
      if (this.#closed) this.close();
      return {
        participantId: participant.participantId,
        resumeToken: participant.resumeToken,
        resumed: resumed !== undefined,
        callId: room.callId,
        entries: entries.map(withoutWords),
        nowMs: room.clock.nowMs(),
        startedAtMs: room.clock.startedAtMs,
        routerRtpCapabilities,
        captions: this.#options.captionsStatus(),
      };
    } finally {
      this.#joining = false;
    }
  }

  #sitDown(room: Room, participant: Participant): Seat {
    const { connection } = this.#options;
    const fanOut = new LogFanOut({
      get writable() {
        return connection.writable;
      },
      send: (entries) => connection.notify('log', { callId: room.callId, entries: entries.map(withoutWords) }),
      giveUp: () => connection.giveUp(),
    });
    const forgetDrain = connection.onDrain(() => fanOut.flush());
    const onEntry = (entry: LogEntry) => fanOut.push(entry);
    const onSpeaker = (participantId: string | undefined) =>
      connection.notify('active-speaker', { participantId: participantId ?? null });
    const listeners: { [E in keyof ParticipantEvents]: (...args: ParticipantEvents[E]) => void } = {
      trackScore: (trackId, score) => connection.notify('track:score', { trackId, score }),
      consumerClosed: (consumerId, trackId) => connection.notify('consumer:closed', { consumerId, trackId }),
      consumerScore: (consumerId, trackId, score) =>
        connection.notify('consumer:score', { consumerId, trackId, score }),
      mediaReset: (reason) => connection.notify('media:reset', { reason }),
      ended: (error) => {
        connection.notify('ended', { code: error.code, message: error.message });
        this.#standUp();
        connection.close();
      },
    };
    room.log.events.on('appended', onEntry);
    room.events.on('activeSpeaker', onSpeaker);
    const names = Object.keys(listeners) as (keyof ParticipantEvents)[];
    for (const name of names) participant.events.on(name, listeners[name]);
    return {
      room,
      participant,
      leave: () => {
        forgetDrain();
        room.log.events.off('appended', onEntry);
        room.events.off('activeSpeaker', onSpeaker);
        for (const name of names) participant.events.off(name, listeners[name]);
      },
    };
  }

  #standUp(): void {
    this.#seat?.leave();
    this.#seat = undefined;
  }

  #seated(): Seat {
    if (this.#seat === undefined) throw new TritoneError('room.not_joined');
    return this.#seat;
  }

  #media(): Participant['media'] {
    return this.#seated().participant.media;
  }

  #require(grant: Parameters<typeof requireGrant>[1]): void {
    requireGrant(this.#options.identity, grant);
  }

  async #pauseTrack(trackId: string, paused: boolean): Promise<Record<string, never>> {
    const { room, participant } = this.#seated();
    await room.setTrackPaused(participant, trackId, paused);
    return {};
  }
}

/** Word times are four fifths of a log's size and pages show none: REST has them. */
function withoutWords(entry: LogEntry): LogEntry {
  if (entry.event.type !== 'caption' || entry.event.caption.words === undefined) return entry;
  const { words: _, ...caption } = entry.event.caption;
  return { ...entry, event: { ...entry.event, caption } };
}

/** mediasoup's interfaces as the open records that the protocol carries. */
function asStructures(
  transport: Awaited<ReturnType<Participant['media']['createTransport']>>,
): RequestValue<'transport:create'> {
  return {
    transportId: transport.transportId,
    iceParameters: { ...transport.iceParameters },
    iceCandidates: transport.iceCandidates.map((candidate) => ({ ...candidate })),
    dtlsParameters: { ...transport.dtlsParameters },
  };
}
