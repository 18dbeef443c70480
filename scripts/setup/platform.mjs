import { readFileSync } from 'node:fs';

/** Triton's wheel is built against glibc 2.35: Ubuntu 22.04, Debian 12 and later. */
export const MIN_GLIBC = [2, 35];

/** @returns {{ id: string, like: string[], version: string, name: string }} of /etc/os-release; empty texts elsewhere */
export function parseOsRelease(text) {
  const fields = new Map();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (match) fields.set(match[1], match[2].replace(/^["']|["']$/g, ''));
  }
  return {
    id: fields.get('ID') ?? '',
    like: (fields.get('ID_LIKE') ?? '').split(' ').filter(Boolean),
    version: fields.get('VERSION_ID') ?? '',
    name: fields.get('PRETTY_NAME') ?? '',
  };
}

export function osRelease() {
  try {
    return parseOsRelease(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return parseOsRelease('');
  }
}

/** Packages by apt-get, named as in Debian. */
export function isDebianFamily({ id, like }) {
  return [id, ...like].some((name) => name === 'debian' || name === 'ubuntu');
}

function glibcVersion() {
  return process.report.getReport().header.glibcVersionRuntime;
}

/**
 * Why the embedded Triton cannot run here, as one sentence, or undefined when it can.
 * @param {{ platform: string, arch: string, glibc: string | undefined }} machine
 */
export function whyNoEmbeddedTriton({ platform, arch, glibc }) {
  if (platform !== 'linux' || arch !== 'x64') {
    return `The embedded Triton is for Linux on x86-64 and this is ${platform} on ${arch}.`;
  }
  if (!glibc) return 'The embedded Triton needs glibc and this Linux has another C library (Alpine?).';
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  if (major < MIN_GLIBC[0] || (major === MIN_GLIBC[0] && minor < MIN_GLIBC[1])) {
    return `The embedded Triton needs glibc ${MIN_GLIBC.join('.')} (Ubuntu 22.04, Debian 12 or later) and this machine has ${glibc}.`;
  }
  return undefined;
}

/**
 * Whether this start uses the embedded Triton, somebody's own, or none.
 * @returns {{ kind: 'embedded' } | { kind: 'remote', url: string } | { kind: 'none', why: string }}
 */
export function tritonOf(env = process.env) {
  if (env.TRITON_URL) return { kind: 'remote', url: env.TRITON_URL };
  const why = whyNoEmbeddedTriton({
    platform: process.platform,
    arch: process.arch,
    glibc: process.platform === 'linux' ? glibcVersion() : undefined,
  });
  return why ? { kind: 'none', why } : { kind: 'embedded' };
}
