import { type FormEvent, useEffect, useId, useMemo, useState } from 'react';
import { type AvatarInfo, type TritoneAvatars, TritoneError } from '../../../sdk/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Checkbox } from '../ui/Field.tsx';

interface FaceUploadProps {
  avatars: TritoneAvatars;
  onClose: () => void;
  onMade: (face: AvatarInfo) => void;
}

const CONSENT = 'The person shown has agreed to be used as a talking avatar, or no real person is shown.';

export function FaceUpload({ avatars, onClose, onMade }: FaceUploadProps) {
  const ids = { file: useId(), name: useId() };
  const [file, setFile] = useState<File>();
  const [name, setName] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<TritoneError>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (file === undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      onMade(await avatars.createFace({ file, name: name.trim() || plainName(file), consent: CONSENT }));
    } catch (cause) {
      setProblem(TritoneError.from(cause, 'internal'));
      setBusy(false);
    }
  };

  return (
    <Dialog title="New face" onClose={onClose}>
      <form className="face-upload" onSubmit={(event) => void submit(event)}>
        <p className="hint">
          One person from the front, well lit: a JPEG, PNG or WebP, or a clip of up to ten seconds. Where and when it
          was taken is removed.
        </p>
        <Picture file={file} />
        <div className="field">
          <label htmlFor={ids.file}>Picture or clip</label>
          <input
            id={ids.file}
            type="file"
            data-testid="face-file"
            accept="image/jpeg,image/png,image/webp,video/mp4,video/webm"
            onChange={(event) => setFile(event.target.files?.[0])}
          />
        </div>
        <div className="field">
          <label htmlFor={ids.name}>Name</label>
          <input
            id={ids.name}
            value={name}
            maxLength={60}
            placeholder={file === undefined ? '' : plainName(file)}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <Checkbox label={CONSENT} checked={agreed} onChange={setAgreed} />
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem.message}
          </p>
        )}
        <button type="submit" className="primary" disabled={busy || file === undefined || !agreed}>
          {busy ? 'Preparing…' : 'Make the face'}
        </button>
      </form>
    </Dialog>
  );
}

function Picture({ file }: { file: File | undefined }) {
  const url = useMemo(() => (file?.type.startsWith('image/') ? URL.createObjectURL(file) : undefined), [file]);
  useEffect(() => () => (url === undefined ? undefined : URL.revokeObjectURL(url)), [url]);
  return url === undefined ? null : <img className="face-upload-picture" src={url} alt="As chosen" />;
}

function plainName(file: File): string {
  return file.name.replace(/\.\w+$/, '').slice(0, 60);
}
