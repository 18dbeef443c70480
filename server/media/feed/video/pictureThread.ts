import { parentPort } from 'node:worker_threads';
import type { PictureAnswer, PictureOrder } from './pictureMessages.ts';
import { ThreadFeed } from './threadFeed.ts';

if (parentPort === null) throw new Error('this runs as a worker thread');
const port = parentPort;
const feeds = new Map<number, ThreadFeed>();

const answer = (message: PictureAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

type FeedOrder = Exclude<PictureOrder, { type: 'end' }>;

function obey(order: FeedOrder): void {
  const { feedId } = order;
  if (order.type === 'open') {
    feeds.set(feedId, new ThreadFeed(order));
  } else if (order.type === 'close') {
    feeds.get(feedId)?.close();
    feeds.delete(feedId);
  } else {
    const feed = feeds.get(feedId);
    if (feed === undefined) throw new Error('this feed could not be opened');
    const picture = feed.picture(order.base, order.overlay, order.layers);
    answer(
      { type: 'picture', feedId, ...picture },
      picture.layers.map(({ bytes }) => bytes.buffer),
    );
  }
}

port.on('message', (order: PictureOrder) => {
  if (order.type === 'end') {
    for (const feed of feeds.values()) feed.close();
    port.close();
    return;
  }
  try {
    obey(order);
  } catch (cause) {
    answer({ type: 'failed', feedId: order.feedId, problem: String(cause) });
  }
});
answer({ type: 'ready' });
