// Where a line of text may be broken, as java.text.BreakIterator.getLineInstance() of JDK 17 decides it for the root locale.
// jopt-simple wraps its usage text there. The table was learnt by observing BreakIterator, not taken from its source:
// a state machine that starts at each break and remembers the last position at which a break was allowed.

/** Columns of the table: one representative per class of characters that behave alike. */
const SPACE = 0;
const CLOSING = 1;
const QUOTE = 2;
const LETTER = 3;
const PREFIX = 4;
const OPEN_PAREN = 5;
const CLOSE_PAREN = 6;
const INFIX = 7;
const DASH = 8;
const DIGIT = 9;
const OPENING = 10;
const TAB = 11;

/** Next state per class; -1: the segment ends before this character, at the last state that allowed a break. */
const NEXT: readonly (readonly number[])[] = [
  [1, 2, 3, 4, 5, 3, 2, 2, 6, 7, 3, 8],
  [1, -1, -1, -1, -1, 9, -1, -1, -1, -1, -1, 8],
  [1, 2, 2, -1, 3, 9, 2, 2, -1, -1, -1, 8],
  [1, 2, 3, 4, 5, 3, 2, 2, 6, 7, 3, 8],
  [1, 2, 2, 4, 3, 9, 2, 2, 10, 4, -1, 8],
  [1, 2, 5, 4, 5, 5, 2, 2, 11, 7, 5, 8],
  [1, -1, 12, -1, 3, 13, -1, -1, 6, 14, 12, 8],
  [1, 2, 2, 4, 3, 9, 2, 15, 10, 7, -1, 8],
  [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1],
  [-1, -1, -1, -1, -1, -1, 16, -1, -1, -1, -1, -1],
  [1, -1, -1, -1, 3, 9, -1, -1, 10, -1, -1, 8],
  [1, -1, 12, -1, 17, 13, -1, -1, 18, 14, 12, 8],
  [-1, -1, 12, -1, 12, 12, -1, -1, 12, 14, 12, -1],
  [-1, -1, 12, -1, 12, 12, 16, -1, 12, 14, 12, -1],
  [1, 2, 2, -1, 3, 9, 2, 15, 10, 14, -1, 8],
  [1, 2, 2, -1, 3, 9, 2, 2, -1, 14, -1, 8],
  [-1, 16, 16, -1, -1, -1, 16, 16, -1, -1, -1, 8],
  [1, 2, 19, 4, 19, 19, 2, 15, 20, 7, 19, 8],
  [1, 2, 21, -1, 17, 13, 2, 15, 18, 14, 12, 8],
  [1, 2, 19, 4, 19, 19, 2, 2, 20, 7, 19, 8],
  [1, -1, 12, -1, 19, 13, -1, -1, 22, 14, 12, 8],
  [1, 2, 21, -1, 19, 13, 2, 2, 12, 14, 12, 8],
  [1, -1, 12, -1, 12, 13, -1, -1, 22, 14, 12, 8],
];

/** States inside a run that must not be split. */
const NO_BREAK: ReadonlySet<number> = new Set([9, 12, 13]);

function classOf(char: string): number {
  if (char === ' ') return SPACE;
  if (char === '\t') return TAB;
  if (char >= '0' && char <= '9') return DIGIT;
  if (char === '-' || char === '\u2014' || char === '\u2013') return DASH;
  if (char === ',' || char === '.') return INFIX;
  if (char === '(') return OPEN_PAREN;
  if (char === ')') return CLOSE_PAREN;
  if (char === '[' || char === '{') return OPENING;
  if (char === '"') return QUOTE;
  if (char === '$' || char === "'") return PREFIX;
  return '!%:;?]}'.includes(char) ? CLOSING : LETTER;
}

/** The text cut at every place where a line may end; joined again it is the text. */
export function lineBreakSegments(text: string): string[] {
  const segments: string[] = [];
  let start = 0;
  while (start < text.length) {
    let state = 0;
    let end = start + 1;
    for (let at = start; at < text.length; at += 1) {
      state = NEXT[state]![classOf(text[at]!)]!;
      if (state < 0) break;
      if (!NO_BREAK.has(state)) end = at + 1;
    }
    segments.push(text.slice(start, end));
    start = end;
  }
  return segments;
}
