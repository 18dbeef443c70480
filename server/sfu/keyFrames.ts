/** A viewer that asks for key frames without end must not make the sender encode nothing else. */
export const KEY_FRAME_REQUEST_DELAY_MS = 1000;
