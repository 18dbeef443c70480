import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { endWithUs, isEnding, killGroup } from './ending.mjs';
import { diagnose, SetupFailure } from './failure.mjs';

const KILL_AFTER_MS = 3000;
const KEPT_OUTPUT_CHARS = 256 * 1024;

/**
 * Runs a child to its end in a process group of its own. Never hangs: at the deadline the group is ended. Once this process
 * was told to end it never answers, so that no next step begins.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ deadlineMs: number, cwd?: string, env?: NodeJS.ProcessEnv, logFile?: string, input?: string,
 *   onText?: (text: string) => void }} options
 * @returns {Promise<{ code: number, output: string, stdout: string, timedOut: boolean }>} code 127 when it cannot be started,
 *   124 at the deadline; `output` is the end of stdout and stderr together
 */
export function run(command, args, { deadlineMs, cwd, env = process.env, logFile, input, onText }) {
  return new Promise((resolve) => {
    if (isEnding()) return;
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    let timedOut = false;
    let settled = false;
    const forget = endWithUs(child);
    const keep = (text) => {
      output = (output + text).slice(-KEPT_OUTPUT_CHARS);
      if (logFile) appendFileSync(logFile, text);
      onText?.(text);
    };
    const timers = [];
    timers.push(
      setTimeout(() => {
        timedOut = true;
        if (child.pid) killGroup(child.pid, 'SIGTERM');
        timers.push(
          setTimeout(() => {
            if (child.pid) killGroup(child.pid, 'SIGKILL');
            settle(124); // a grandchild may keep the pipes open for ever
          }, KILL_AFTER_MS),
        );
      }, deadlineMs),
    );
    const settle = (code) => {
      if (settled) return;
      settled = true;
      for (const timer of timers) clearTimeout(timer);
      forget();
      child.stdout.destroy();
      child.stderr.destroy();
      if (!isEnding()) resolve({ code: timedOut ? 124 : code, output, stdout, timedOut });
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout = (stdout + text).slice(-KEPT_OUTPUT_CHARS);
      keep(text);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => {
      keep(`${error.message}\n`);
      settle(127);
    });
    child.on('close', (code, signal) => settle(code ?? (signal ? 128 : 1)));
    child.stdin?.on('error', () => {}); // a child that does not read its input says so by its exit code
    child.stdin?.end(input);
  });
}

/** What npm says around its reason. */
const NPM_FRAME = /^npm error( (code|errno|syscall|path|network|A complete log)\b.*)?$/;

/** The line of a child's output that says why: npm's first sentence, else the last that speaks of an error, else the last. */
export function tellingLine(output) {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const npm = lines.find((line) => line.startsWith('npm error') && !NPM_FRAME.test(line));
  if (npm) return npm.replace('npm error ', '');
  return lines.findLast((line) => /\b(error|fatal)\b/i.test(line)) ?? lines.at(-1) ?? '';
}

/**
 * As `run`, for a child that has to succeed.
 * @param {string} what the step, as the start of a sentence: "The npm dependencies could not be installed"
 * @param {Parameters<typeof run>[2] & { fetches?: boolean }} options `fetches`: a package manager that needs the network
 * @throws {SetupFailure} with the reason read from the output
 */
export async function mustRun(what, command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const shown = [command, ...args].join(' ');
  const found = diagnose(result.output, { fetches: options.fetches ?? false });
  if (result.timedOut) {
    const seconds = Math.round(options.deadlineMs / 1000);
    throw new SetupFailure(`${what}: not done within ${seconds} s${found ? `, ${found.why}` : ''}.`, {
      remedy: found?.remedy ?? `start again; to watch it, run: ${shown}`,
      log: options.logFile,
    });
  }
  if (found) throw new SetupFailure(`${what}: ${found.why}.`, { remedy: found.remedy, log: options.logFile });
  const why = tellingLine(result.output) || `exit code ${result.code}`;
  throw new SetupFailure(`${what}: ${why}`.replace(/([^.])$/, '$1.'), {
    remedy: `see the log, mend it and start again; the command was: ${shown}`,
    log: options.logFile,
  });
}
