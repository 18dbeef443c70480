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

const BEHIND_A_WORD = /^[^\s\p{L}\p{N}<]*/u;
const BEFORE_A_WORD = /[^\s\p{L}\p{N}>]*$/u;

/** The text between two places that voices tell, with the punctuation that clings to it: they count the letters alone. */
export function textBetween(text: string, startChar: number, endChar: number): string {
  const before = BEFORE_A_WORD.exec(text.slice(Math.max(0, startChar - 10), startChar))?.[0] ?? '';
  const behind = BEHIND_A_WORD.exec(text.slice(endChar, endChar + 10))?.[0] ?? '';
  return plainText(`${before}${text.slice(startChar, endChar)}${behind}`);
}
