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
          <button
            type="button"
            className="round"
            data-off={!microphone.on}
            aria-pressed={microphone.on}
            aria-label="Microphone"
            onClick={() => microphone.setOn(!microphone.on)}
          >
            <Icon name={microphone.on ? 'microphone' : 'microphone-off'} />
          </button>
          <button
            type="button"
            className="round"
            data-off={!camera.on}
            aria-pressed={camera.on}
            aria-label="Camera"
            onClick={() => camera.setOn(!camera.on)}
          >
            <Icon name={camera.on ? 'camera' : 'camera-off'} />
          </button>
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
