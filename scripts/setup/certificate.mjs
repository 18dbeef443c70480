import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { putAtomically, withLock } from './cache.mjs';
import { SetupFailure } from './failure.mjs';
import { hashOf } from './hash.mjs';
import { lanAddresses } from './network.mjs';

const DAY_MS = 24 * 3600_000;
/** The longest that Apple's systems accept. */
const VALID_DAYS = 397;
const RENEW_BEFORE_DAYS = 14;

/**
 * What the certificate is valid for: this machine's names, and the addresses under which a call is reached.
 * @returns {{ names: string[], addresses: string[] }}
 */
export function certificateSubjects({ host, addresses, announced }) {
  const names = new Set(['localhost', host]);
  const ips = new Set(['127.0.0.1', '::1', ...addresses]);
  if (announced) (/^[\d.]+$|:/.test(announced) ? ips : names).add(announced);
  return { names: [...names].sort(), addresses: [...ips].sort() };
}

/** Whether the PEM certificate lives on for a while. */
export function isCurrent(pem, now = Date.now()) {
  try {
    return Date.parse(new X509Certificate(pem).validTo) - now > RENEW_BEFORE_DAYS * DAY_MS;
  } catch {
    return false;
  }
}

async function generate(checkout, { names, addresses }) {
  const path = join(checkout, 'node_modules', 'selfsigned', 'index.js');
  const { default: selfsigned } = await import(pathToFileURL(path).href);
  const now = Date.now();
  return selfsigned.generate([{ name: 'commonName', value: 'Tritone (generated for this machine)' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    notBeforeDate: new Date(now - DAY_MS), // a second laptop whose clock is behind
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2, value })), ...addresses.map((ip) => ({ type: 7, ip }))],
      },
    ],
  });
}

function ownCertificate({ TRITONE_TLS_CERT: cert, TRITONE_TLS_KEY: key }) {
  if (!cert && !key) return undefined;
  if (!cert || !key) {
    throw new SetupFailure('Of TRITONE_TLS_CERT and TRITONE_TLS_KEY only one is set.', {
      remedy: 'set both to PEM files, or neither',
    });
  }
  for (const path of [cert, key]) {
    try {
      readFileSync(path);
    } catch (cause) {
      throw new SetupFailure(`The TLS file ${path} cannot be read (${cause.code}).`, {
        remedy: 'correct TRITONE_TLS_CERT and TRITONE_TLS_KEY',
        cause,
      });
    }
  }
  return { cert, key };
}

function subjectsHere(env) {
  return certificateSubjects({ host: hostname(), addresses: lanAddresses(), announced: env.ANNOUNCED_ADDRESS });
}

function generatedFiles(cache, { names, addresses }) {
  const folder = join(cache, 'tls', hashOf(...names, '', ...addresses));
  return { folder, cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
}

/** The files that the server would use now, whether they exist or not. @throws {SetupFailure} */
export function findCertificate({ cache, env = process.env }) {
  const own = ownCertificate(env);
  return own ? { ...own, own: true } : generatedFiles(cache, subjectsHere(env));
}

/**
 * The user's certificate, or one generated for this machine's names and addresses and kept until these change or it expires.
 * @returns {Promise<{ cert: string, key: string }>} PEM files
 * @throws {SetupFailure}
 */
export async function ensureCertificate({ checkout, cache, progress, env = process.env }) {
  const own = ownCertificate(env);
  if (own) return own;
  const subjects = subjectsHere(env);
  const { folder, ...files } = generatedFiles(cache, subjects);
  const isWhole = () => existsSync(files.key) && existsSync(files.cert) && isCurrent(readFileSync(files.cert));
  if (isWhole()) return files;
  return withLock(join(cache, 'tls.lock'), async () => {
    if (isWhole()) return files;
    return progress.step('Certificate for https on this network', '', async () => {
      const { private: key, cert } = await generate(checkout, subjects);
      await putAtomically(
        cache,
        folder,
        async (temp) => {
          writeFileSync(join(temp, 'cert.pem'), cert);
          writeFileSync(join(temp, 'key.pem'), key, { mode: 0o600 });
        },
        0o700,
      );
      return { value: files, detail: [...subjects.names, ...subjects.addresses].join(', ') };
    });
  });
}
