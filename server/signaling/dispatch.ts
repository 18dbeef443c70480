import type { z } from 'zod';
import { type ErrorBody, TritoneError } from '../../shared/errors.ts';
import { type RequestName, type RequestPayload, type RequestValue, requests } from '../../shared/protocol.ts';
import type { Log } from '../streams/log.ts';

/** One handler a request, typed by the protocol: a request without a handler does not compile. */
export type Handlers = {
  [N in RequestName]: (payload: RequestPayload<N>) => RequestValue<N> | Promise<RequestValue<N>>;
};

export type RawAnswer = { ok: true; value: unknown } | { ok: false; error: ErrorBody };

/**
 * Answers one request as it came from the wire. Never throws: whatever goes wrong becomes an error with a code, and
 * only what no row explains is logged.
 */
export async function answer(handlers: Handlers, name: string, payload: unknown, log: Log): Promise<RawAnswer> {
  try {
    if (!isRequestName(name)) throw new TritoneError('request.unknown_event', { event: name.slice(0, 60) });
    return { ok: true, value: await handle(handlers, name, payload) };
  } catch (cause) {
    const error = TritoneError.from(cause, 'internal');
    if (error.code === 'internal') log.error({ err: cause, request: name }, 'request failed');
    return { ok: false, error: error.toBody() };
  }
}

function handle<N extends RequestName>(
  handlers: Handlers,
  name: N,
  payload: unknown,
): RequestValue<N> | Promise<RequestValue<N>> {
  const schema: z.ZodType = requests[name].payload;
  const parsed = schema.safeParse(payload ?? {});
  if (!parsed.success) throw new TritoneError('request.invalid', { problem: firstProblem(parsed.error) });
  return handlers[name](parsed.data as RequestPayload<N>);
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requests, name);
}

export function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'unknown';
  const place = issue.path.join('.');
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
