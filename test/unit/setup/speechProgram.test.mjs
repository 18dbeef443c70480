import { describe, expect, it } from 'vitest';
import { SetupFailure } from '../../../scripts/setup/failure.mjs';
import { offerSpeechProgram } from '../../../scripts/setup/speechProgram.mjs';

const notes = () => {
  const told = [];
  return { told, progress: { note: (line) => told.push(line) } };
};

describe('the program of voices', () => {
  it('is fetched where it is missing, without a word', async () => {
    const { told, progress } = notes();
    const fetched = [];
    const fetch = async () => fetched.push('espeak-ng');
    await offerSpeechProgram([{ what: 'espeak-ng', megabytes: 1, fetch }], progress);
    expect(fetched).toEqual(['espeak-ng']);
    expect(told).toEqual([]);
  });

  it('that cannot be had stops nothing: one line says what to do', async () => {
    const { told, progress } = notes();
    const fetch = async () => {
      throw new SetupFailure('System packages are missing: espeak-ng.', { remedy: 'apt-get install espeak-ng' });
    };
    await offerSpeechProgram([{ what: 'espeak-ng', megabytes: 1, fetch }], progress);
    expect(told).toEqual([
      '· No voice speaks without espeak-ng. System packages are missing: espeak-ng. To mend it: apt-get install espeak-ng',
    ]);
  });

  it('failing for another reason than set-up knows is a failure', async () => {
    const { progress } = notes();
    const fetch = () => Promise.reject(new TypeError('a mistake of ours'));
    await expect(offerSpeechProgram([{ what: 'espeak-ng', megabytes: 1, fetch }], progress)).rejects.toThrow(TypeError);
  });
});
