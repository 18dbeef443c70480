import { SetupFailure } from './failure.mjs';
import { run } from './run.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';

/** espeak-ng, which tells voices how words are pronounced. Captions and rooms do without it. */
export const SPEECH_PROGRAM = 'espeak-ng';

const VERSION_DEADLINE_MS = 10_000;
const ABOUT_MEGABYTES = 12;

/** Its version, "1.51"; undefined where it is not installed. */
export async function speechProgramVersion() {
  const { code, stdout } = await run(SPEECH_PROGRAM, ['--version'], { deadlineMs: VERSION_DEADLINE_MS });
  return code === 0 ? (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? 'of an unknown version') : undefined;
}

/**
 * What is left to do for the voices' program.
 * @param {{ logFile: string }} context
 * @returns {Promise<import('./fetchLater.mjs').Later[]>} empty where it is installed
 */
export async function missingSpeechProgram(context) {
  if ((await speechProgramVersion()) !== undefined) return [];
  const fetch = (progress) => ensureSystemPackages({ ...context, progress, needs: ['speech'] });
  return [{ what: SPEECH_PROGRAM, megabytes: ABOUT_MEGABYTES, fetch }];
}

/** Brings what is missing now; where that cannot be, one line says what voices lack. */
export async function offerSpeechProgram(missing, progress) {
  for (const { what, fetch } of missing) {
    try {
      await fetch(progress);
    } catch (error) {
      if (!(error instanceof SetupFailure)) throw error;
      progress.note(`· No voice speaks without ${what}. ${error.message} To mend it: ${error.remedy}`);
    }
  }
}
