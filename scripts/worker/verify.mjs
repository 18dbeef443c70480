/**
 * Proves a mediasoup worker with a real peer: ICE, DTLS, then SRTP both ways over loopback. Needs Node 24 and node_modules.
 *   node scripts/worker/verify.mjs PATH_OF_WORKER
 * Prints one line of JSON; exit code 0 when every packet arrived unchanged. A worker built against the wrong OpenSSL passes
 * everything but this and dies at the first browser's handshake.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as mediasoup from 'mediasoup';
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift';

const PACKETS = 50;
const PACKET_GAP_MS = 5;
const CONNECT_DEADLINE_MS = 15_000;
const ARRIVE_DEADLINE_MS = 3000;
const PAYLOAD_TYPE = 100;
const DOWN_SSRC = 7777;
const CODEC = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 };

const payloadOf = (direction, index) => createHash('sha512').update(`${direction}${index}`).digest();

/** What follows the RTP header (RFC 3550 5.1) and its extension. */
function bodyOf(packet) {
  const csrcBytes = (packet[0] & 0x0f) * 4;
  const extensionBytes = packet[0] & 0x10 ? 4 + packet.readUInt16BE(12 + csrcBytes + 2) * 4 : 0;
  return packet.subarray(12 + csrcBytes + extensionBytes).toString('hex');
}

function rtpPacket(index) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = PAYLOAD_TYPE;
  header.writeUInt16BE(index, 2);
  header.writeUInt32BE(index * 960, 4);
  header.writeUInt32BE(DOWN_SSRC, 8);
  return Buffer.concat([header, payloadOf('down', index)]);
}

/** The answer that a browser would get: mediasoup is ICE-lite and waits for the peer's DTLS ClientHello or sends its own. */
function answerFor(transport, mid, setup) {
  const fingerprint = transport.dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  const candidates = transport.iceCandidates.map(
    ({ foundation, protocol, priority, address, port, type }) =>
      `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}`,
  );
  const lines = [
    ...[
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=ice-lite',
      `a=group:BUNDLE ${mid}`,
      'a=msid-semantic:WMS *',
    ],
    ...[`m=audio 7 UDP/TLS/RTP/SAVPF ${PAYLOAD_TYPE}`, 'c=IN IP4 127.0.0.1', `a=mid:${mid}`],
    `a=ice-ufrag:${transport.iceParameters.usernameFragment}`,
    `a=ice-pwd:${transport.iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    ...[`a=setup:${setup}`, ...candidates, 'a=end-of-candidates', 'a=rtcp-mux'],
    ...[`a=rtpmap:${PAYLOAD_TYPE} opus/48000/2`, 'a=sendrecv', `a=ssrc:${DOWN_SSRC} cname:down`, 'a=msid:s t'],
  ];
  return `${lines.join('\r\n')}\r\n`;
}

async function until(isTrue, deadlineMs) {
  const deadline = performance.now() + deadlineMs;
  while (!isTrue() && performance.now() < deadline) await sleep(20);
  return isTrue();
}

async function handshake(router) {
  const transport = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
  const peer = new RTCPeerConnection({
    iceServers: [],
    iceAdditionalHostAddresses: ['127.0.0.1'],
    codecs: { audio: [new RTCRtpCodecParameters({ ...CODEC, payloadType: PAYLOAD_TYPE })] },
    headerExtensions: { audio: [] },
  });
  const transceiver = peer.addTransceiver(new MediaStreamTrack({ kind: 'audio' }), { direction: 'sendrecv' });
  await peer.setLocalDescription(await peer.createOffer());
  const { sdp } = peer.localDescription;
  const [, algorithm, value] = /a=fingerprint:(\S+) (\S+)/.exec(sdp);
  const upSsrc = Number(/a=ssrc:(\d+)/.exec(sdp)[1]);

  const codecs = [{ ...CODEC, payloadType: PAYLOAD_TYPE }];
  const producer = await transport.produce({
    kind: 'audio',
    rtpParameters: { mid: '0', codecs, encodings: [{ ssrc: upSsrc }], rtcp: { cname: 'up' } },
  });
  const direct = await router.createDirectTransport();
  const sink = await direct.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
  const source = await direct.produce({
    kind: 'audio',
    rtpParameters: { codecs, encodings: [{ ssrc: DOWN_SSRC }], rtcp: { cname: 'down' } },
  });
  const down = await transport.consume({ producerId: source.id, rtpCapabilities: router.rtpCapabilities });
  const arrived = { up: [], down: [] };
  sink.on('rtp', (packet) => arrived.up.push(bodyOf(packet)));
  transceiver.onTrack.subscribe((track) =>
    track.onReceiveRtp.subscribe((packet) => arrived.down.push(packet.payload.toString('hex'))),
  );

  const mid = /a=mid:(\S+)/.exec(sdp)[1];
  await transport.connect({ dtlsParameters: { role: 'client', fingerprints: [{ algorithm, value }] } });
  const answer = answerFor(transport, mid, 'passive').replaceAll(
    String(DOWN_SSRC),
    String(down.rtpParameters.encodings[0].ssrc),
  );
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  const connected = await until(
    () => transport.dtlsState === 'connected' && peer.connectionState === 'connected',
    CONNECT_DEADLINE_MS,
  );
  if (!connected)
    throw new Error(`DTLS is ${transport.dtlsState}, ICE ${transport.iceState}, the peer ${peer.connectionState}`);

  for (let index = 1; index <= PACKETS; index++) {
    const header = new RtpHeader({
      ...{ payloadType: PAYLOAD_TYPE, sequenceNumber: index, timestamp: index * 960, ssrc: upSsrc },
      ...{ marker: true, payloadOffset: 12 },
    });
    await transceiver.sender.sendRtp(new RtpPacket(header, payloadOf('up', index)));
    source.send(rtpPacket(index));
    await sleep(PACKET_GAP_MS);
  }
  await until(() => arrived.up.length >= PACKETS && arrived.down.length >= PACKETS, ARRIVE_DEADLINE_MS);
  for (const direction of ['up', 'down']) {
    const sent = Array.from({ length: PACKETS }, (_, at) => payloadOf(direction, at + 1).toString('hex'));
    const same = sent.filter((body) => arrived[direction].includes(body)).length;
    if (same < PACKETS) throw new Error(`${same} of ${PACKETS} SRTP packets arrived ${direction}stream unchanged`);
  }
  return { dtls: transport.dtlsState, srtpPacketsEachWay: PACKETS };
}

const workerBin = process.argv[2];
const startedAt = performance.now();
try {
  const worker = await mediasoup.createWorker({ workerBin, logLevel: 'none' });
  const died = new Promise((_, reject) => {
    worker.on('died', (error) => reject(new Error(`the worker died during the handshake: ${error.message}`)));
  });
  const router = await worker.createRouter({
    mediaCodecs: [{ kind: 'audio', ...CODEC, preferredPayloadType: PAYLOAD_TYPE }],
  });
  const proof = await Promise.race([handshake(router), died]);
  process.stdout.write(`${JSON.stringify({ ok: true, ...proof, ms: Math.round(performance.now() - startedAt) })}\n`);
  process.exit(0);
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ ok: false, why: error instanceof Error ? error.message : String(error) })}\n`,
  );
  process.exit(1);
}
