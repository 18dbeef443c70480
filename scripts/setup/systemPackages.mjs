import { SetupFailure } from './failure.mjs';
import { isDebianFamily, osRelease } from './platform.mjs';
import { mustRun, run } from './run.mjs';

const UPDATE_DEADLINE_MS = 3 * 60_000;
const INSTALL_DEADLINE_MS = 15 * 60_000;

/** What mediasoup's worker is built from where its prebuilt binary is out of reach. */
export const WORKER_BUILD_PACKAGES = [
  'cmake',
  'flatbuffers-compiler',
  'g++',
  'libabsl-dev',
  'libflatbuffers-dev',
  'libsrtp2-dev',
  'libssl-dev',
  'libuv1-dev',
  'ninja-build',
  'pkg-config',
];

/**
 * The Debian or Ubuntu packages of what is missing, each once, sorted.
 * @param {Iterable<string>} needs 'worker-build', 'python', 'venv 3.11', 'libpython 3.11', 'chromium', 'speech'
 * @param {{ id: string, version: string }} release of /etc/os-release
 */
export function packagesFor(needs, release) {
  const names = new Set();
  for (const need of needs) {
    const [kind, version] = need.split(' ');
    if (kind === 'worker-build') for (const name of WORKER_BUILD_PACKAGES) names.add(name);
    if (kind === 'python') for (const name of ['python3', 'python3-venv']) names.add(name);
    if (kind === 'venv') names.add(`python${version}-venv`);
    if (kind === 'libpython') names.add(libpythonPackage(version, release));
    if (kind === 'speech') names.add('espeak-ng');
    if (kind === 'chromium') for (const name of ['chromium', 'fonts-dejavu-core']) names.add(name);
  }
  return [...names].sort();
}

/** Python 3 of the releases whose own one fits; undefined elsewhere (Debian 13 has 3.13). */
export function pythonOfRelease({ id, version }) {
  return { 'debian 12': '3.11', 'ubuntu 22.04': '3.10', 'ubuntu 24.04': '3.12' }[`${id} ${version}`];
}

/** Ubuntu 24.04 renamed it with the 64-bit time change; amd64 kept the library itself. */
function libpythonPackage(version, { id, version: release }) {
  const renamed = id === 'ubuntu' && Number.parseFloat(release) >= 24.04;
  return `libpython${version}${renamed ? 't64' : ''}`;
}

/** The one command that installs everything, for a person to paste. */
export function installCommand(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Which of these packages dpkg does not have.
 * @param {string[]} packages
 */
export async function missingPackages(packages) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const { code, stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...packages], {
    deadlineMs: 20_000,
  });
  if (code === 127) return packages;
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing as root on Debian or Ubuntu; otherwise stops with the one command that does.
 * @param {{ needs: string[], progress: import('./steps.mjs').Progress, logFile: string }} options
 * @throws {SetupFailure}
 */
export async function ensureSystemPackages({ needs, progress, logFile }) {
  const release = osRelease();
  const wanted = packagesFor(needs, release);
  if (wanted.length === 0) return;
  if (!isDebianFamily(release)) {
    throw new SetupFailure(
      `System packages are missing and ${release.name || process.platform} is not Debian or Ubuntu.`,
      {
        remedy: `install what Debian calls ${wanted.join(' ')}, and start again`,
      },
    );
  }
  const missing = await missingPackages(wanted);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new SetupFailure(`System packages are missing: ${missing.join(' ')}.`, {
      remedy: installCommand(missing),
    });
  }
  await progress.step('System packages', missing.join(' '), async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const lock = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=30'];
    // A stale or unreachable list is no failure by itself: the install decides.
    await run('apt-get', ['update', '-q', ...lock], { env, deadlineMs: UPDATE_DEADLINE_MS, logFile });
    await mustRun(
      `The system packages ${missing.join(' ')} could not be installed`,
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', ...lock, ...missing],
      { env, deadlineMs: INSTALL_DEADLINE_MS, fetches: true, logFile },
    );
    return { value: undefined, detail: missing.join(' ') };
  });
}
