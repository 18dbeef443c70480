import { useCallback, useEffect, useState } from 'react';
import { type AvatarInfo, type TritoneAvatars, TritoneError } from '../../../sdk/index.ts';

export interface Faces {
  readonly list: readonly AvatarInfo[];
  readonly problem: TritoneError | undefined;
  readonly reload: () => Promise<void>;
}

export function useFaces(avatars: TritoneAvatars): Faces {
  const [list, setList] = useState<readonly AvatarInfo[]>([]);
  const [problem, setProblem] = useState<TritoneError>();
  const reload = useCallback(async () => {
    try {
      setList(await avatars.faces());
      setProblem(undefined);
    } catch (cause) {
      setProblem(TritoneError.from(cause, 'internal'));
    }
  }, [avatars]);
  useEffect(() => void reload(), [reload]);
  return { list, problem, reload };
}
