import { useState } from 'react';
import { type AvatarInfo, BUNDLED_AVATAR_ID, type TritoneAvatars, TritoneError } from '../../../sdk/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { FacePicture } from './FacePicture.tsx';
import { FaceUpload } from './FaceUpload.tsx';
import type { Faces } from './useFaces.ts';

interface FacePickerProps {
  avatars: TritoneAvatars;
  faces: Faces;
  chosen: string;
  onChoose: (avatarId: string) => void;
}

export function FacePicker({ avatars, faces, chosen, onChoose }: FacePickerProps) {
  const [uploading, setUploading] = useState(false);
  return (
    <fieldset className="faces">
      <legend>Face</legend>
      <div className="faces-grid">
        {faces.list.map((face) => (
          <FaceCard
            key={face.avatarId}
            avatars={avatars}
            face={face}
            chosen={face.avatarId === chosen}
            onChoose={onChoose}
            onDeleted={() => {
              if (face.avatarId === chosen) onChoose(BUNDLED_AVATAR_ID);
              void faces.reload();
            }}
          />
        ))}
        <button type="button" className="face-new" data-testid="face-new" onClick={() => setUploading(true)}>
          <Icon name="plus" size={26} />
          New face
        </button>
      </div>
      {uploading && (
        <FaceUpload
          avatars={avatars}
          onClose={() => setUploading(false)}
          onMade={(face) => {
            setUploading(false);
            void faces.reload().then(() => onChoose(face.avatarId));
          }}
        />
      )}
    </fieldset>
  );
}

interface FaceCardProps {
  avatars: TritoneAvatars;
  face: AvatarInfo;
  chosen: boolean;
  onChoose: (avatarId: string) => void;
  onDeleted: () => void;
}

function FaceCard({ avatars, face, chosen, onChoose, onDeleted }: FaceCardProps) {
  const toast = useToast();
  const remove = async () => {
    if (!confirm(`Delete the face ${face.name}? Avatars that wear it leave their calls.`)) return;
    try {
      await avatars.deleteFace(face.avatarId);
      onDeleted();
    } catch (cause) {
      toast(TritoneError.from(cause, 'internal').message, 'error');
    }
  };
  return (
    <div className="face" data-chosen={chosen}>
      <label>
        <input
          type="radio"
          name="face"
          checked={chosen}
          onChange={() => onChoose(face.avatarId)}
          data-testid={`face-${face.avatarId}`}
        />
        <FacePicture url={avatars.previewUrl(face.avatarId)} alt="" />
        <span>{face.name}</span>
      </label>
      {face.kind !== 'bundled' && (
        <button type="button" className="face-delete" aria-label={`Delete ${face.name}`} onClick={() => void remove()}>
          <Icon name="close" size={14} />
        </button>
      )}
    </div>
  );
}
