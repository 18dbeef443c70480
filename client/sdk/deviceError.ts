import { type ErrorCode, TritoneError } from '../../shared/errors.ts';

export type DeviceName = 'microphone' | 'camera' | 'screen' | 'speaker';

/** The DOMException names of getUserMedia, getDisplayMedia and setSinkId. */
const codes: Readonly<Record<string, ErrorCode>> = {
  NotAllowedError: 'device.denied',
  SecurityError: 'device.denied',
  NotFoundError: 'device.not_found',
  OverconstrainedError: 'device.not_found',
  NotReadableError: 'device.in_use',
  AbortError: 'device.failed',
};

export function deviceError(cause: unknown, device: DeviceName): TritoneError {
  const name = cause instanceof Error ? cause.name : '';
  // Pages that are not secure have no navigator.mediaDevices at all.
  if (cause instanceof TypeError && !globalThis.isSecureContext)
    return new TritoneError('browser.unsupported', { problem: `a ${device} needs https or localhost` }, { cause });
  return TritoneError.from(cause, codes[name] ?? 'device.failed', { device });
}
