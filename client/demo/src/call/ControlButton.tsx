import { Icon, type IconName } from '../ui/Icon.tsx';

interface ControlButtonProps {
  testId: string;
  icon: IconName;
  /** What a click does. */
  label: string;
  /** Shown under the icon where there is room. */
  caption: string;
  /** For keyboards; shown in the tooltip. */
  shortcut?: string;
  tone?: 'plain' | 'off' | 'on' | 'danger';
  pressed?: boolean;
  onClick: () => void;
}

export function ControlButton(props: ControlButtonProps) {
  const { testId, icon, label, caption, shortcut, tone = 'plain', pressed, onClick } = props;
  return (
    <button
      type="button"
      className="control"
      data-testid={testId}
      data-tone={tone}
      aria-label={label}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      onClick={onClick}
    >
      <span className="control-icon">
        <Icon name={icon} />
      </span>
      <span className="control-caption" aria-hidden="true">
        {caption}
      </span>
    </button>
  );
}
