/** Finds where a tone begins, to the sample: context time of its first loud sample after 200 ms of quiet. */
const WORKLET = `
  registerProcessor('onsets', class extends AudioWorkletProcessor {
    quiet = 0;
    process([[samples]]) {
      if (samples === undefined) return true;
      for (let at = 0; at < samples.length; at += 1) {
        const loud = Math.abs(samples[at]) > 0.08;
        if (loud && this.quiet > 0.2 * sampleRate) this.port.postMessage(currentTime + at / sampleRate);
        this.quiet = loud ? 0 : this.quiet + 1;
      }
      return true;
    }
  });
`;

/** True in a page that receives both tracks of a participant. */
export function arrives(participantId: string): string {
  return `[...window.tritone.remoteTracks.values()].filter(
    (track) => track.participantId === '${participantId}' && track.mediaStreamTrack !== undefined,
  ).length === 2`;
}

/**
 * Runs in a page of the demo: notes on performance.now() when each beep reached the page's sound graph, when each flash was
 * handed to the compositor, and what the SDK says of the skew. Clocks of sound and page are held against each other by the
 * quickest of many looks: a look can only be late.
 */
export function listenAndLook(participantId: string): string {
  return `(async () => {
    const noted = (window.noted = { beeps: [], flashes: [], told: [] });
    const room = window.tritone;
    const tracks = [...room.remoteTracks.values()].filter((track) => track.participantId === '${participantId}');
    const sound = tracks.find((track) => track.source === 'microphone').mediaStreamTrack;
    const context = new AudioContext({ sampleRate: 48000, latencyHint: 'interactive' });
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([${JSON.stringify(WORKLET)}], { type: 'text/javascript' })));
    const node = new AudioWorkletNode(context, 'onsets', { numberOfOutputs: 0 });
    context.createMediaStreamSource(new MediaStream([sound])).connect(node);
    const looks = [];
    setInterval(() => {
      looks.push(performance.now() - context.currentTime * 1000);
      if (looks.length > 500) looks.shift();
    }, 20);
    node.port.onmessage = ({ data }) => noted.beeps.push(data * 1000 + Math.min(...looks));

    const video = document.querySelector('[data-participant="${participantId}"] video');
    const canvas = new OffscreenCanvas(8, 8);
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    let bright = true;
    const look = (_now, { presentationTime, width, height }) => {
      pen.drawImage(video, width * 0.45, height * 0.45, width * 0.1, height * 0.1, 0, 0, 8, 8);
      const { data } = pen.getImageData(0, 0, 8, 8);
      let sum = 0;
      for (let at = 0; at < data.length; at += 4) sum += data[at];
      const now = sum / 64 > 128;
      if (now && !bright) noted.flashes.push(presentationTime);
      bright = now;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    setInterval(async () => {
      const skewMs = await room.playoutSkewMs('${participantId}');
      if (skewMs !== undefined) noted.told.push([performance.now(), skewMs]);
    }, 1000);
  })()`;
}
