import { Dialog } from '../ui/Dialog.tsx';

const shortcuts = [
  ['M', 'Mute or unmute the microphone'],
  ['V', 'Camera on or off'],
  ['S', 'Share the screen, or stop it'],
  ['C', 'Captions on the tiles'],
  ['T', 'Transcript'],
  ['L', 'Copy the link'],
  ['?', 'This list'],
] as const;

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(([key, action]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">They can be switched off in the settings.</p>
    </Dialog>
  );
}
