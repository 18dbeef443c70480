/**
 * A set-up step that could not be done: one sentence that says what and why, and what mends it.
 * Anything else that is thrown during set-up is a mistake of ours and is shown with its stack.
 */
export class SetupFailure extends Error {
  /**
   * @param {string} sentence what failed and why, one sentence
   * @param {{ remedy?: string, log?: string, cause?: unknown }} [more] the mending command or action; the file with the child's output
   */
  constructor(sentence, { remedy, log, cause } = {}) {
    super(sentence, { cause });
    this.name = 'SetupFailure';
    this.remedy = remedy;
    this.log = log;
  }
}

const DISK_REMEDY = 'free some space, or set TRITONE_CACHE_DIR to a folder on a bigger disk';

/** The lines a person sees. */
export function describeFailure(error) {
  if (error?.code === 'ENOSPC') {
    return describeFailure(new SetupFailure('The disk became full during set-up.', { remedy: DISK_REMEDY }));
  }
  if (!(error instanceof SetupFailure)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const lines = [`✗ ${error.message}`];
  if (error.remedy) lines.push(`  Mend it: ${error.remedy}`);
  if (error.log) lines.push(`  Details: ${error.log}`);
  return lines.join('\n');
}

const DISK = /ENOSPC|no space left on device|disk quota exceeded|not enough free space/i;
const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|getaddrinfo|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|Temporary failure (in name resolution|resolving)|Could not (resolve|connect)|Network is unreachable|network (request|timeout)|Max retries exceeded|fetch failed/i;
const CERTIFICATE =
  /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)|self[- ]signed certificate/i;
const HASH = /DO NOT MATCH THE HASHES|EINTEGRITY|hash mismatch/i;
const ABSENT = /No matching distribution found|ETARGET|E404|404 Not Found|Unable to locate package/i;

/**
 * Why a child failed, read from its output, as the end of a sentence.
 * Order matters: pip reports a closed network as "No matching distribution found" too.
 * @param {string} output stdout and stderr
 * @param {{ fetches: boolean }} options whether it is a package manager, whose words about the network can be believed
 * @returns {{ why: string, remedy: string } | undefined}
 */
export function diagnose(output, { fetches }) {
  if (DISK.test(output)) {
    return {
      why: 'the disk is full',
      remedy: 'free some space, or set TRITONE_CACHE_DIR to a folder on a bigger disk',
    };
  }
  if (!fetches) return undefined;
  if (CERTIFICATE.test(output)) {
    return {
      why: 'the TLS certificate of the registry is not trusted here (an intercepting proxy?)',
      remedy: "point NODE_EXTRA_CA_CERTS and PIP_CERT to your network's CA file and start again",
    };
  }
  if (HASH.test(output)) {
    return {
      why: 'the downloaded file is not the one expected (its hash differs)',
      remedy: 'start again; if it stays so, the registry or mirror in between serves something else',
    };
  }
  if (NETWORK.test(output)) {
    return {
      why: 'the network did not answer',
      remedy: 'check the connection or proxy (HTTPS_PROXY, npm registry, PIP_INDEX_URL) and start again',
    };
  }
  if (ABSENT.test(output)) {
    return {
      why: 'the registry does not have what is asked for',
      remedy: 'check which registry is set (npm config get registry; pip config list) and start again',
    };
  }
  return undefined;
}
