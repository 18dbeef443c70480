import { describe, expect, it } from 'vitest';
import { BundledFace } from '../../../server/features/avatars/bundledFace.ts';
import { Catalogue } from '../../../server/inference/catalogue.ts';
import { emptyCard, type ModelCard } from '../../../server/inference/modelCard.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { settle } from '../../fixtures/virtualClock.ts';

function card(capability: string, state: ModelCard['state']): ModelCard {
  return { ...emptyCard(capability, state), capability };
}

function stage() {
  const catalogue = new Catalogue();
  const seen = { asked: 0, warnings: 0, refuses: false };
  const store = {
    prepareBundled: async () => {
      seen.asked += 1;
      if (seen.refuses) throw new Error('no');
    },
  };
  const warn = () => {
    seen.warnings += 1;
  };
  const log = { ...silentLog, warn };
  const open = () => new BundledFace({ store, catalogue, log });
  const models = async (preparation: ModelCard['state'], captions: ModelCard['state'] = 'ready') => {
    catalogue.replace([card('avatar-preparation', preparation), card('speech-to-text', captions)]);
    await settle();
  };
  return { seen, open, models };
}

describe('BundledFace', () => {
  it('is prepared once, when its model is first ready', async () => {
    const { seen, open, models } = stage();
    using _face = open();
    await models('loading');
    expect(seen.asked).toBe(0);
    for (const state of ['ready', 'unavailable', 'ready'] as const) await models(state);
    expect(seen).toMatchObject({ asked: 1, warnings: 0 });
  });

  it('is prepared where its model was ready before', async () => {
    const { seen, open, models } = stage();
    await models('ready');
    using _face = open();
    expect(seen.asked).toBe(1);
  });

  it('waits for captions that load, not for those that cannot', async () => {
    const { seen, open, models } = stage();
    using _face = open();
    await models('ready', 'loading');
    expect(seen.asked).toBe(0);
    await models('ready', 'unavailable');
    expect(seen.asked).toBe(1);
  });

  it('is tried again the next time its model becomes ready, and says once that it failed', async () => {
    const { seen, open, models } = stage();
    using _face = open();
    seen.refuses = true;
    for (const state of ['ready', 'loading', 'ready'] as const) await models(state);
    expect(seen).toMatchObject({ asked: 2, warnings: 1 });
    await models('ready', 'unavailable');
    expect(seen.asked).toBe(2);
    seen.refuses = false;
    for (const state of ['loading', 'ready', 'loading', 'ready'] as const) await models(state);
    expect(seen).toMatchObject({ asked: 3, warnings: 1 });
  });

  it('asks for nothing once it is closed', async () => {
    const { seen, open, models } = stage();
    open()[Symbol.dispose]();
    await models('ready');
    expect(seen.asked).toBe(0);
  });
});
