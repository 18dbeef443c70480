import { initials } from '../lib/format.ts';

/** Where there is no picture. */
export function Avatar({ name, order }: { name: string; order: number }) {
  return (
    <div className="avatar" style={{ '--speaker': speakerColor(order) }} aria-hidden="true">
      {initials(name)}
    </div>
  );
}

const SPEAKER_COLORS = 8;

/** The same for a person's tile, captions and transcript lines. */
export function speakerColor(order: number): string {
  return `var(--speaker-${order % SPEAKER_COLORS})`;
}
