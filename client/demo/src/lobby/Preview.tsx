import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { LevelBar } from '../ui/LevelBar.tsx';
import { LocalVideo } from '../ui/LocalVideo.tsx';
import type { PreviewDevice } from './usePreview.ts';

interface PreviewProps {
  name: string;
  microphone: PreviewDevice;
  camera: PreviewDevice;
}

/** How one will be seen and heard. */
export function Preview({ name, microphone, camera }: PreviewProps) {
  return (
    <div className="preview">
      <div className="preview-picture">
        {camera.track === undefined ? (
          <>
            <Avatar name={name || '?'} order={0} />
            <p className="preview-note">{camera.problem ?? (camera.on ? 'The camera starts…' : 'The camera is off')}</p>
          </>
        ) : (
          <LocalVideo track={camera.track} mirrored />
        )}
        <div className="preview-buttons">
          <DeviceButton device={microphone} icon="microphone" label="Microphone" />
          <DeviceButton device={camera} icon="camera" label="Camera" />
        </div>
      </div>
      <div className="preview-level">
        <Icon name={microphone.on ? 'microphone' : 'microphone-off'} size={18} />
        <LevelBar track={microphone.track} />
      </div>
      <p className="hint" role="status">
        {microphone.problem === undefined
          ? microphone.on
            ? 'Say something: the bar should move.'
            : 'The microphone is off. You can turn it on in the call.'
          : `${microphone.problem}. You can join all the same, and listen and read.`}
      </p>
    </div>
  );
}

interface DeviceButtonProps {
  device: PreviewDevice;
  icon: 'microphone' | 'camera';
  label: string;
}

function DeviceButton({ device: { on, problem, setOn }, icon, label }: DeviceButtonProps) {
  return (
    <button
      type="button"
      className="round"
      data-off={!on || problem !== undefined}
      aria-pressed={on}
      aria-label={label}
      title={problem ?? (on ? `Turn the ${icon} off` : `Turn the ${icon} on`)}
      onClick={() => setOn(!on)}
    >
      <Icon name={on && problem === undefined ? icon : `${icon}-off`} />
    </button>
  );
}
