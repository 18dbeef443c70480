import { Capture } from '../../../sdk/index.ts';
import { settings } from './settings.ts';

/** The chosen microphone as the person wants it. @throws TritoneError `device.*` */
export function openMicrophone(): Promise<Capture> {
  const { microphoneId, voiceProcessing } = settings.current;
  return Capture.microphone({
    deviceId: microphoneId || undefined,
    echoCancellation: voiceProcessing,
    noiseSuppression: voiceProcessing,
    autoGainControl: voiceProcessing,
  });
}
