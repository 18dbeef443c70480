import { countGraphemes, graphemesOf } from '../speech/graphemes.ts';

/** A word with its graphemes counted; 0 where it is the space between words. */
export interface CountedWord {
  readonly text: string;
  readonly letters: number;
}

/** Words and spaces of a text, joined the text again. Counting is dear: it is done once, here. */
export function countWords(text: string): CountedWord[] {
  return (text.match(/\s+|\S+/g) ?? []).map((part) => ({
    text: part,
    letters: part.trim() === '' ? 0 : countGraphemes(part),
  }));
}

/** Graphemes on one endless line. */
export function widthOf(words: readonly CountedWord[]): number {
  return words.reduce((sum, { letters }) => sum + Math.max(1, letters), 0);
}

/** Breaks at spaces into lines of `width` graphemes at most; a word longer than a line is cut between graphemes. */
export function wrapLines(words: readonly CountedWord[], width: number): string[] {
  let lines: string[] = [];
  let layout = Layout.empty(width);
  for (const word of joinWords(words)) {
    const next = layout.with([word, SPACE]);
    if (next.lines === layout.lines) lines = [...lines.slice(0, -1), `${lines.at(-1)} ${word.text}`];
    else if (word.letters <= width) lines.push(word.text);
    else lines.push(...cutWord(word.text, width));
    layout = next;
  }
  return lines;
}

const SPACE: CountedWord = { text: ' ', letters: 0 };

/** What no space separates is one word. */
function* joinWords(words: readonly CountedWord[]): Generator<CountedWord, void, void> {
  let open: CountedWord = { text: '', letters: 0 };
  for (const { text, letters } of [...words, SPACE]) {
    if (letters > 0) {
      open = { text: open.text + text, letters: open.letters + letters };
    } else if (open.letters > 0) {
      yield open;
      open = { text: '', letters: 0 };
    }
  }
}

function cutWord(word: string, width: number): string[] {
  const letters = graphemesOf(word);
  return Array.from({ length: Math.ceil(letters.length / width) }, (_, line) =>
    letters.slice(line * width, (line + 1) * width).join(''),
  );
}

/** How `wrapLines` would lay out a text that grows, without looking at its beginning again. */
export class Layout {
  readonly #width: number;
  /** Lines before the word that may still grow, and what the last of them holds. */
  readonly #lines: number;
  readonly #last: number;
  readonly #word: number;

  static empty(width: number): Layout {
    return new Layout(width, 0, 0, 0);
  }

  private constructor(width: number, lines: number, last: number, word: number) {
    this.#width = width;
    this.#lines = lines;
    this.#last = last;
    this.#word = word;
  }

  get lines(): number {
    return this.#place(this.#word)[0];
  }

  /** The first of `words` goes on with the last one unless a space stands between. */
  with(words: readonly CountedWord[]): Layout {
    return words.reduce((layout: Layout, { letters }) => layout.#with(letters), this);
  }

  #with(letters: number): Layout {
    if (letters > 0) return new Layout(this.#width, this.#lines, this.#last, this.#word + letters);
    return new Layout(this.#width, ...this.#place(this.#word), 0);
  }

  #place(word: number): [lines: number, last: number] {
    if (word === 0) return [this.#lines, this.#last];
    const joined = this.#last + 1 + word;
    if (this.#lines > 0 && joined <= this.#width) return [this.#lines, joined];
    const more = Math.ceil(word / this.#width);
    return [this.#lines + more, word - (more - 1) * this.#width];
  }
}
