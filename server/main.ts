import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { TritoneError } from '../shared/errors.ts';
import { type Config, readConfig } from './config.ts';
import { DataFolder } from './dataFolder.ts';
import { avatarRoutes } from './features/avatars/avatarRoutes.ts';
import { AvatarStore } from './features/avatars/avatarStore.ts';
import { AvatarsFeature } from './features/avatars/avatarsFeature.ts';
import { BundledFace } from './features/avatars/bundledFace.ts';
import { roomAvatarRoutes } from './features/avatars/roomAvatarRoutes.ts';
import { CaptionsFeature } from './features/captions/captionsFeature.ts';
import { captionsStatus } from './features/captions/captionsStatus.ts';
import { transcriptionRoutes } from './features/transcriptions/transcriptionRoutes.ts';
import { CallLibrary } from './features/transcripts/callLibrary.ts';
import { transcriptRoutes } from './features/transcripts/transcriptRoutes.ts';
import { Transcripts } from './features/transcripts/transcripts.ts';
import { TranslationFeature } from './features/translation/translationFeature.ts';
import { voiceRoutes } from './features/voices/voiceRoutes.ts';
import { networkAddresses } from './http/addresses.ts';
import { createApp } from './http/app.ts';
import { linkRoutes } from './http/linkRoutes.ts';
import { listen, type SecureAddress } from './http/listeners.ts';
import { Inference } from './inference/inference.ts';
import { PictureThreads } from './media/feed/video/pictureThreads.ts';
import { grantAll } from './rooms/identity.ts';
import { RoomRegistry } from './rooms/roomRegistry.ts';
import { Sfu } from './sfu/sfu.ts';
import { SignalingServer } from './signaling/signalingServer.ts';
import { systemClock as clock } from './streams/clock.ts';
import { createLogger } from './telemetry/logger.ts';
import { createPrometheus } from './telemetry/prometheus.ts';

const SHUTDOWN_DEADLINE_MS = 15_000;

process.exitCode = await main().catch((cause: unknown) => {
  process.stderr.write(`${cause instanceof TritoneError ? cause.message : inspect(cause)}\n`);
  return 1;
});

/** Opens every part in order, serves until a signal asks for the end, closes them in reverse. Returns the exit code. */
async function main(): Promise<number> {
  const config = readConfig(process.env, process.stderr.isTTY);
  const log = createLogger(config.log);
  // One call's fault must not end every other: it is logged, and the process goes on.
  process.on('unhandledRejection', (cause) => log.error({ err: cause }, 'a fault that no part has caught'));
  await using opened = new AsyncDisposableStack();
  // The clock's timers hold no process, and a worker that a terminal's Ctrl-C has ended holds none either: closing would be cut off.
  const stay = setInterval(() => {}, SHUTDOWN_DEADLINE_MS);
  opened.defer(() => clearInterval(stay));
  const prometheus = createPrometheus();
  opened.defer(() => prometheus.close());
  const { metrics } = prometheus;

  const data = opened.use(await DataFolder.open(config.dataDir));
  const announcedAddresses = config.media.announcedAddresses ?? networkAddresses();
  const sfu = opened.use(
    await Sfu.open({ ...config.media, announcedAddresses: [...announcedAddresses, '127.0.0.1'], clock, log, metrics }),
  );
  const inference = opened.adopt(Inference.open({ config: config.inference, clock, log, metrics }), (part) =>
    part.close(),
  );
  const { speechToText, textToSpeech, lipSync, avatarPreparation } = inference;

  const transcripts = opened.use(
    Transcripts.open({ folder: data.at('transcripts'), ...config.transcripts, clock, log, metrics }),
  );
  const faces = await AvatarStore.open({
    dir: data.at('avatars'),
    ...config.avatars,
    preparation: avatarPreparation,
    clock,
    log,
  });
  opened.use(new BundledFace({ store: faces, catalogue: inference.catalogue, log }));
  const avatars = new AvatarsFeature({ store: faces, textToSpeech, lipSync, clock, log, metrics });
  const features = [
    new CaptionsFeature({ speechToText, clock, log, metrics }),
    new TranslationFeature({ translator: inference.translator, clock, log, metrics }),
    transcripts,
    avatars,
  ];
  const { maxParticipants } = config.rooms;
  const openRouter = () => sfu.openRouter();
  const { open: openPictureEncoder } = opened.adopt(new PictureThreads({ clock }), (part) => part.close());
  const { journal } = transcripts;
  const rooms = opened.adopt(
    new RoomRegistry({ openRouter, features, maxParticipants, openPictureEncoder, journal, clock, log, metrics }),
    (part) => part.close(),
  );

  const status = () => captionsStatus(inference.status, inference.catalogue, inference.translator.pairs());
  const signaling = opened.adopt(
    new SignalingServer({ rooms, authenticate: grantAll, captionsStatus: status, log, metrics }),
    (part) => part.close(),
  );
  inference.events.on('changed', () => signaling.announce(status()));
  inference.catalogue.events.on('changed', () => signaling.announce(status()));

  let networkLinks: readonly string[] = [];
  const app = await createApp({
    routes: [
      linkRoutes(() => networkLinks),
      transcriptRoutes(new CallLibrary(rooms, transcripts), clock),
      transcriptionRoutes({ speechToText, clock, log, metrics, maxUploadBytes: config.uploads.maxBytes }),
      voiceRoutes(textToSpeech, inference.catalogue),
      avatarRoutes(faces),
      roomAvatarRoutes({ avatars, textToSpeech, openRoom: (room) => rooms.open(room), clock }),
    ],
    readiness: () => ({ media: { ready: sfu.workerPids.length > 0 }, captions: inference.readiness() }),
    metrics: prometheus,
    demoDir: config.demoDir,
    maxUploadBytes: config.uploads.maxBytes,
    log,
  });
  opened.defer(() => app.close());
  const listeners = opened.adopt(await listen(app, config.http, await readSecureAddress(config.https)), (part) =>
    part.close(),
  );
  for (const server of listeners.servers) signaling.attachTo(server);
  const { httpPort, httpsPort } = listeners;
  if (httpsPort !== undefined) networkLinks = announcedAddresses.map((address) => `https://${address}:${httpsPort}`);
  const asked = askedToStop(); // before anyone reads that it is ready
  printLinks(httpPort, networkLinks);

  await asked;
  sfu.retire();
  log.info({}, 'closing');
  // A part that hangs must not keep the process: what is left after this dies with it.
  clock.after(SHUTDOWN_DEADLINE_MS, () => process.exit(1));
  return 0;
}

async function readSecureAddress(https: Config['https']): Promise<SecureAddress | undefined> {
  if (https === undefined) return undefined;
  const { host, port, certFile, keyFile } = https;
  return { host, port, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

function printLinks(httpPort: number, networkLinks: readonly string[]): void {
  const lines = [`Tritone is ready:  http://localhost:${httpPort}/`];
  for (const link of networkLinks) lines.push(`  on your network:  ${link}/`);
  if (networkLinks.length > 0) lines.push('  (the browser warns once: the certificate is made on this machine)');
  process.stdout.write(`${lines.join('\n')}\n`);
}

function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
