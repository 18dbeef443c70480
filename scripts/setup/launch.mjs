import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { handOver } from './ending.mjs';
import { withNodeFirst } from './node24.mjs';

/**
 * Hands over to a program on Node 24: its terminal is ours, signals reach it, and its exit code becomes ours.
 * @param {string} node
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
export function launch(node, args, { cwd, env }) {
  const child = spawn(node, args, { cwd, env: withNodeFirst(node, env), stdio: 'inherit' });
  handOver();
  // A terminal sends Ctrl-C to the whole group: passing it on as well would count as the second, impatient one.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`✗ ${node} cannot be started: ${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}
