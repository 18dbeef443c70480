import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { TritoneError } from '../../shared/errors.ts';
import type { Log } from '../streams/log.ts';

/** Every failure leaves as `{ error: { code, message, retryable } }` with the status of its row. */
export function sendErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((cause: FastifyError, request, reply) => {
    const error = toTritoneError(cause);
    if (error.code === 'internal') log.error({ err: cause, route: request.routeOptions.url }, 'request failed');
    return reply.status(error.status).send({ error: error.toBody() });
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new TritoneError('request.unknown_event', {
      event: `${request.method} ${request.url.slice(0, 100)}`,
    });
    return reply.status(error.status).send({ error: error.toBody() });
  });
}

function toTritoneError(cause: FastifyError): TritoneError {
  if (cause instanceof TritoneError) return cause;
  if (hasZodFastifySchemaValidationErrors(cause)) {
    return new TritoneError('request.invalid', { problem: cause.message }, { cause });
  }
  if (cause.statusCode === 413)
    return new TritoneError('request.too_large', { limit: 'the limit of this route' }, { cause });
  if (cause.statusCode !== undefined && cause.statusCode >= 400 && cause.statusCode < 500) {
    return new TritoneError('request.invalid', { problem: cause.message }, { cause });
  }
  return new TritoneError('internal', {}, { cause });
}
