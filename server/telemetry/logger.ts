import { pino } from 'pino';
import type { Log } from '../streams/log.ts';

export interface LoggerOptions {
  level: string;
  /** Readable lines for a terminal instead of JSON. */
  pretty: boolean;
}

/** The one logger. Lines go to standard error; what people said is never in them. */
export function createLogger({ level, pretty }: LoggerOptions): Log {
  const base = { level, base: null, redact: ['*.token', '*.resumeToken', '*.text'] };
  if (!pretty) return pino(base, pino.destination(2));
  return pino({
    ...base,
    transport: {
      target: 'pino-pretty',
      options: { destination: 2, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' },
    },
  });
}
