import { errors, type types } from 'mediasoup';
import { TritoneError } from '../../shared/errors.ts';

/** mediasoup's failure as a row of the error table. What a browser asked and mediasoup refused is the negotiation's fault. */
export function toTritoneError(cause: unknown, router: types.Router): TritoneError {
  if (cause instanceof TritoneError) return cause;
  if (cause instanceof errors.WorkerClosedError || router.closed) {
    return new TritoneError('media.worker_died', {}, { cause });
  }
  const problem = cause instanceof Error ? cause.message : 'refused';
  return new TritoneError('media.not_negotiated', { problem }, { cause });
}
