import { Icon } from '../ui/Icon.tsx';

const formats = [
  { format: 'txt', label: 'Text' },
  { format: 'vtt', label: 'WebVTT' },
  { format: 'srt', label: 'SRT' },
] as const;

/** The call's transcript as files. */
export function DownloadLinks({ room }: { room: string }) {
  return (
    <ul className="downloads">
      <li>
        <Icon name="download" size={16} />
      </li>
      {formats.map(({ format, label }) => (
        <li key={format}>
          <a
            href={`/api/rooms/${encodeURIComponent(room)}/transcript?format=${format}`}
            download={`${room}.${format}`}
            aria-label={`Download the transcript as ${label}`}
          >
            {label}
          </a>
        </li>
      ))}
    </ul>
  );
}
