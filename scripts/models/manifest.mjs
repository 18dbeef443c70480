import { basename } from 'node:path';

/**
 * Weights that are too big, or too particular, to come by themselves: `npm run models` pulls them from the hub.
 * None of these rows was pulled where it was written, for lack of a way to the hub: repositories and file names are as their
 * users and publishers name them, `megabytes` and `vramMegabytes` are estimates, and no hash is known beforehand. The first
 * pull pins commit and hashes in a lock file beside the weights; every later one is held to it.
 * @typedef {{ from: string, to?: string, repository?: string, revision?: string, sha256?: string }} HubFile
 *   `from`: path in the repository; `to`: path in the weights' folder where it is another; `repository`, `revision`: where
 *   they are not the row's; `sha256`: where it is known for certain
 * @typedef {{ name: string, model: string, what: string, repository: string, revision: string, files: HubFile[],
 *   conversion?: 'wav2lip' | 'whisper', licence: string, nonCommercial?: boolean, terms?: string, megabytes: number,
 *   resultMegabytes?: number, vramMegabytes: number, languages: string, remark?: string }} HubWeights
 *   `name`: the folder that the model's `weights` names; `model`: its folder in model-repository/; `conversion`: the program that
 *   makes the weights of the files; `resultMegabytes`: what that writes; `terms`: what a non-commercial licence says
 */

const INDICTRANS2_FILES = [
  ...['model.bin', 'config.json', 'source_vocabulary.json', 'target_vocabulary.json'],
  ...['vocab/model.SRC', 'vocab/model.TGT'],
];

/** A distilled IndicTrans2 as CTranslate2 reads it, one direction. */
function indicTrans2(direction, what) {
  return {
    name: `indictrans2-${direction}`,
    model: 'indictrans2',
    what: `IndicTrans2 distilled, 200 million weights, ${what}`,
    repository: `adalat-ai/ct2-rotary-indictrans2-${direction}-dist-200M`,
    revision: 'main',
    files: INDICTRANS2_FILES.map((file) => ({
      from: `${direction}-200m-ct2/ctranslate2_model/${file}`,
      to: basename(file),
    })),
    licence: 'MIT (the checkpoints of AI4Bharat, and their conversion)',
    megabytes: 850,
    vramMegabytes: 1000,
    languages: 'en with as bn brx doi gom gu hi kn ks mai ml mni mr ne or pa sa sat sd ta te ur',
    remark: 'converted by others than its authors; those publish it at ai4bharat/, behind a form',
  };
}

/** @type {HubWeights[]} */
export const MODELS = [
  {
    name: 'whisper-large-v3',
    model: 'whisper_large_v3',
    what: 'Whisper large-v3 for CTranslate2',
    repository: 'Systran/faster-whisper-large-v3',
    revision: 'main',
    files: ['model.bin', 'config.json', 'tokenizer.json', 'vocabulary.json', 'preprocessor_config.json'].map(
      (from) => ({
        from,
      }),
    ),
    licence: 'MIT (OpenAI; converted by Systran)',
    megabytes: 3100,
    vramMegabytes: 6000,
    languages: '100, hi bn ta te mr gu kn ml pa as ur en among them',
  },
  {
    name: 'indic-whisper-hi',
    model: 'indic_whisper',
    what: 'Whisper medium, fine-tuned for Hindi by the Speech Lab of IIT Madras',
    repository: 'vasista22/whisper-hindi-medium',
    revision: 'main',
    files: [
      { from: 'pytorch_model.bin' },
      { from: 'config.json' },
      { from: 'generation_config.json', repository: 'openai/whisper-medium' },
      { from: 'tokenizer.json', repository: 'openai/whisper-medium' },
    ],
    conversion: 'whisper',
    licence: 'Apache-2.0 (fine-tune and Whisper medium)',
    megabytes: 3100,
    resultMegabytes: 1600,
    vramMegabytes: 2500,
    languages: 'hi',
    remark: "AI4Bharat's IndicWhisper has the same shape but is not on the hub: docs/models.md says how to convert it",
  },
  {
    name: 'm2m100',
    model: 'm2m100',
    what: 'M2M100, 418 million weights, for CTranslate2',
    repository: 'entai2965/m2m100-418M-ctranslate2',
    revision: 'main',
    files: ['model.bin', 'config.json', 'shared_vocabulary.json', 'sentencepiece.bpe.model'].map((from) => ({ from })),
    licence: 'MIT (Meta)',
    megabytes: 1950,
    vramMegabytes: 1500,
    languages: '100, without te and as',
    remark: 'converted by others than its authors, who publish facebook/m2m100_418M',
  },
  indicTrans2('en-indic', 'from English'),
  indicTrans2('indic-en', 'into English'),
  {
    name: 'wav2lip',
    model: 'wav2lip',
    what: 'Wav2Lip with GAN',
    repository: 'Nekochu/Wav2Lip',
    revision: 'main',
    files: [{ from: 'wav2lip_gan.pth' }],
    conversion: 'wav2lip',
    licence: 'LRS2: personal and research use, no commercial use',
    nonCommercial: true,
    terms:
      'The weights were trained on the LRS2 dataset. Their authors (https://github.com/Rudrabha/Wav2Lip) allow personal, research ' +
      'and other non-commercial use; any commercial use is forbidden without their consent.',
    megabytes: 440,
    resultMegabytes: 150,
    vramMegabytes: 1000,
    languages: 'any',
    remark:
      'a copy: its authors publish it elsewhere than on the hub, and docs/models.md says how to use a file of theirs',
  },
];
