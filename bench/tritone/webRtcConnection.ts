import {
  IceCandidate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
} from 'werift';
import type { RequestValue } from '../../shared/protocol.ts';

/** Strongest first; mediasoup knows both. */
const SRTP_PROFILES: ConstructorParameters<typeof RTCDtlsTransport>[3] = [0x0007, 0x0001];

/** ICE and DTLS with one of the server's transports, as a browser does them. */
export async function connectWebRtc(
  remote: RequestValue<'transport:create'>,
  tell: (dtlsParameters: Record<string, unknown>) => Promise<unknown>,
): Promise<RTCDtlsTransport> {
  const certificate = await RTCDtlsTransport.SetupCertificate();
  const gatherer = new RTCIceGatherer({ additionalHostAddresses: ['127.0.0.1'] });
  const ice = new RTCIceTransport(gatherer);
  const dtls = new RTCDtlsTransport({}, ice, certificate, SRTP_PROFILES);
  dtls.role = 'client';
  ice.connection.iceControlling = true;
  await gatherer.gather();

  const { iceParameters, iceCandidates, dtlsParameters } = remote;
  ice.setRemoteParams(
    new RTCIceParameters({
      iceLite: true,
      usernameFragment: String(iceParameters.usernameFragment),
      password: String(iceParameters.password),
    }),
  );
  for (const { foundation, priority, protocol, address, port } of iceCandidates) {
    if (protocol !== 'udp') continue;
    const candidate = new IceCandidate(
      1,
      String(foundation),
      String(address),
      Number(port),
      Number(priority),
      'udp',
      'host',
    );
    await ice.addRemoteCandidate(candidate);
  }
  await ice.addRemoteCandidate(undefined);
  const fingerprints = dtlsParameters.fingerprints as { algorithm: string; value: string }[];
  dtls.setRemoteParams(
    new RTCDtlsParameters(
      fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)),
      'server',
    ),
  );
  await tell({
    role: 'client',
    fingerprints: certificate.getFingerprints().map(({ algorithm, value }) => ({ algorithm, value })),
  });
  await ice.start();
  await dtls.start();
  return dtls;
}
