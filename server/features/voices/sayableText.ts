import { TritoneError } from '../../../shared/errors.ts';

/** The subset of SSML that voices read is no text for people. */
const MARKUP = /<[^<>]{0,200}>/g;
const SAYABLE = /[\p{L}\p{N}]/u;

/** As people read it: without markup, in one line. */
export function plainText(text: string): string {
  return text.replace(MARKUP, ' ').replace(/\s+/g, ' ').trim();
}

/** @throws TritoneError `speech.empty_text` where there is nothing that a voice could say */
export function checkSayable(text: string): void {
  if (!SAYABLE.test(plainText(text))) throw new TritoneError('speech.empty_text');
}
