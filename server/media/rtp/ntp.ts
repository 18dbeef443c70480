/** RFC 5905 §6: seconds since 1900 and 2^-32 parts of one, as ms since 1900. */
export function ntpToMs(seconds: number, fraction: number): number {
  return seconds * 1000 + (fraction / 2 ** 32) * 1000;
}

const EPOCH_1970_IN_NTP_S = 2_208_988_800;

export function wallToNtp(wallMs: number): { seconds: number; fraction: number } {
  const seconds = Math.floor(wallMs / 1000);
  return {
    seconds: (seconds + EPOCH_1970_IN_NTP_S) >>> 0,
    fraction: Math.floor(((wallMs - seconds * 1000) / 1000) * 2 ** 32) >>> 0,
  };
}
