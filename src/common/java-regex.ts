// Java's regular expressions (java.util.regex) on JavaScript's engine: the pattern is translated, token by token.
// Possessive quantifiers and atomic groups match as greedy ones; what can't be said in JavaScript is refused.
// It never runs a pattern against more than one name at a time; names are short.

/** Java's PatternSyntaxException; the message names the pattern. */
export class PatternSyntaxError extends Error {
  readonly exception = 'java.util.regex.PatternSyntaxException';

  constructor(why: string, pattern: string, index: number) {
    // Java points at nothing behind the pattern.
    const pointer = index < pattern.length ? `\n${' '.repeat(index)}^` : '';
    super(`${why} near index ${index}\n${pattern}${pointer}`);
    this.name = 'PatternSyntaxException';
  }
}

export interface JavaPattern {
  readonly pattern: string;
  /** String.matches: the whole text. */
  matches(text: string): boolean;
}

/** Throws PatternSyntaxError. */
export function compileJavaRegex(pattern: string): JavaPattern {
  const { source, flags } = new Translation(pattern).run();
  let regex: RegExp;
  try {
    regex = new RegExp(`^(?:${source})$`, `v${flags}`);
  } catch {
    throw new PatternSyntaxError('Unsupported regular expression', pattern, 0);
  }
  return { pattern, matches: (text) => regex.test(text) };
}

/** Pattern.split(text) with its default limit: empty pieces at the end fall away. */
export function javaRegexSplitter(pattern: string): (text: string) => string[] {
  const { source, flags } = new Translation(pattern).run();
  const regex = new RegExp(source, `v${flags}`);
  return (text) => {
    if (text === '') return [''];
    const pieces = text.split(regex);
    while (pieces.length > 1 && pieces[pieces.length - 1] === '') pieces.pop();
    return pieces.length === 1 && pieces[0] === '' ? [] : pieces;
  };
}

/**
 * Scanner.useDelimiter(pattern) on a text: its tokens. One delimiter is skipped before each, so that two beside each other
 * make an empty token.
 */
export function javaScannerTokens(text: string, delimiter: string): string[] {
  const { source, flags } = new Translation(delimiter).run();
  const here = new RegExp(source, `vy${flags}`);
  const ahead = new RegExp(source, `vg${flags}`);
  const tokens: string[] = [];
  for (let at = 0; ; ) {
    here.lastIndex = at;
    at += here.exec(text)?.[0].length ?? 0;
    if (at >= text.length) return tokens;
    ahead.lastIndex = at;
    let next = ahead.exec(text);
    // A delimiter of no length, right here, is none.
    if (next !== null && next.index === at && next[0] === '') {
      ahead.lastIndex = at + 1;
      next = ahead.exec(text);
    }
    const end = next?.index ?? text.length;
    tokens.push(text.slice(at, end));
    at = end;
  }
}

const HORIZONTAL_SPACE =
  ' \\t\\u{a0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}';
const LINE_BREAK = '(?:\\r\\n|[\\n-\\r\\u{85}\\u{2028}\\u{2029}])';

/** POSIX and java.lang.Character classes, as the inside of a class. */
const NAMED_CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\u{0}-\\u{7f}',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '\\u{21}-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{60}\\u{7b}-\\u{7e}',
  Graph: '\\u{21}-\\u{7e}',
  Print: '\\u{20}-\\u{7e}',
  Blank: ' \\t',
  Cntrl: '\\u{0}-\\u{1f}\\u{7f}',
  XDigit: '0-9a-fA-F',
  Space: ' \\t\\n\\u{b}\\f\\r',
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaWhitespace: '\\s',
  IsAlphabetic: '\\p{Alphabetic}',
  IsLetter: '\\p{L}',
  IsDigit: '\\p{Nd}',
};

function literal(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`;
}

class Translation {
  readonly #pattern: string;
  #at = 0;
  #flags = '';

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  run(): { source: string; flags: string } {
    const source = this.#alternation(0);
    if (this.#at < this.#pattern.length) throw this.#error("Unmatched closing ')'");
    return { source, flags: this.#flags };
  }

  #error(why: string, index = this.#at): PatternSyntaxError {
    return new PatternSyntaxError(why, this.#pattern, index);
  }

  #peek(): string {
    return this.#pattern[this.#at] ?? '';
  }

  #isAt(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  #codePoint(): number {
    const point = this.#pattern.codePointAt(this.#at)!;
    this.#at += point > 0xffff ? 2 : 1;
    return point;
  }

  /** Up to the end or the `)` of the group it is in. */
  #alternation(depth: number): string {
    let out = '';
    let closers = '';
    while (this.#at < this.#pattern.length && this.#peek() !== ')') {
      const flags = /^\(\?([a-zA-Z-]+)\)/.exec(this.#pattern.slice(this.#at));
      if (flags !== null) {
        this.#at += flags[0].length;
        if (depth === 0 && out === '' && !flags[1]!.includes('-')) this.#flags += kept(flags[1]!);
        else {
          out += `(?${flags[1]}:`;
          closers += ')';
        }
        continue;
      }
      out += this.#atomWithQuantifier(depth);
    }
    return out + closers;
  }

  #atomWithQuantifier(depth: number): string {
    const start = this.#at;
    const atom = this.#atom(depth);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(this.#pattern.slice(this.#at));
    if (quantifier === null) {
      if (this.#peek() === '{' && start !== this.#at) throw this.#error('Illegal repetition');
      return atom;
    }
    this.#at += quantifier[0].length;
    if (this.#peek() === '?') {
      this.#at += 1;
      return `${atom}${quantifier[0]}?`;
    }
    if (this.#peek() === '+') this.#at += 1;
    return `${atom}${quantifier[0]}`;
  }

  #atom(depth: number): string {
    const char = this.#peek();
    if (char === '(') return this.#group(depth);
    if (char === '[') return this.#characterClass();
    if (char === '\\') return this.#escape();
    if (char === '.' || char === '|' || char === '^' || char === '$') {
      this.#at += 1;
      return char;
    }
    if (char === '*' || char === '+' || char === '?') {
      throw this.#error(`Dangling meta character '${char}'`);
    }
    if (char === '{') throw this.#error('Illegal repetition');
    return literal(this.#codePoint());
  }

  #group(depth: number): string {
    const opening = /^\((?:\?(?:[:>=!]|<[=!]|<[a-zA-Z][a-zA-Z0-9]*>|[a-zA-Z-]+:))?/.exec(
      this.#pattern.slice(this.#at),
    )![0];
    this.#at += opening.length;
    if (opening === '(' && this.#peek() === '?') throw this.#error('Unknown inline modifier');
    const inner = this.#alternation(depth + 1);
    if (this.#peek() !== ')') throw this.#error('Unclosed group', this.#pattern.length);
    this.#at += 1;
    return `${opening === '(?>' ? '(?:' : opening}${inner})`;
  }

  #escape(): string {
    const next = this.#pattern[this.#at + 1];
    if (next === undefined) throw this.#error('Unexpected internal error', this.#pattern.length);
    if (next === 'Q') return [...this.#quoted()].map((c) => literal(c.codePointAt(0)!)).join('');
    if (/[1-9]/.test(next) || next === 'k') return this.#reference();
    const simple: Readonly<Record<string, string>> = {
      A: '(?<![\\s\\S])',
      z: '(?![\\s\\S])',
      Z: '(?=\\n?(?![\\s\\S]))',
      G: '',
      R: LINE_BREAK,
      b: '\\b',
      B: '\\B',
    };
    if (simple[next] !== undefined) {
      this.#at += 2;
      return simple[next];
    }
    const inside = this.#classEscape();
    return inside.length === 2 || inside.startsWith('\\u{') ? inside : `[${inside}]`;
  }

  #quoted(): string {
    const end = this.#pattern.indexOf('\\E', this.#at + 2);
    const text = this.#pattern.slice(this.#at + 2, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#pattern.length : end + 2;
    return text;
  }

  #reference(): string {
    const match = /^\\(?:[1-9][0-9]*|k<[a-zA-Z][a-zA-Z0-9]*>)/.exec(this.#pattern.slice(this.#at));
    if (match === null) throw this.#error('\\k is not followed by a group name');
    this.#at += match[0].length;
    return match[0];
  }

  /** What may stand in a class and outside of one: the inside of a class. */
  #classEscape(): string {
    const rest = this.#pattern.slice(this.#at);
    const coded =
      /^\\(?:x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|0([0-3]?[0-7]{1,2}))/.exec(
        rest,
      );
    if (coded !== null) {
      this.#at += coded[0].length;
      const hex = coded[1] ?? coded[2] ?? coded[3];
      return literal(hex === undefined ? Number.parseInt(coded[4]!, 8) : Number.parseInt(hex, 16));
    }
    const property = /^\\([pP])(?:\{([^}]+)\}|([A-Z]))/.exec(rest);
    if (property !== null) {
      this.#at += property[0].length;
      return this.#property(property[1]! === 'P', (property[2] ?? property[3])!);
    }
    const next = rest[1] ?? '';
    this.#at += 2;
    if (/[dDwWsStnrf]/.test(next)) return `\\${next}`;
    if (next === 'h') return HORIZONTAL_SPACE;
    if (next === 'a') return literal(7);
    if (next === 'e') return literal(27);
    if (next === '' || /[a-zA-Z]/.test(next)) {
      throw this.#error('Illegal/unsupported escape sequence', this.#at - 1);
    }
    this.#at -= 1;
    return literal(this.#codePoint());
  }

  #property(isNegated: boolean, name: string): string {
    const known = NAMED_CLASSES[name];
    if (known !== undefined) return isNegated ? `[^${known}]` : `[${known}]`;
    const script = name.startsWith('Is') ? name.slice(2) : name;
    return `\\${isNegated ? 'P' : 'p'}{${/^[A-Z][a-z]?$/.test(script) ? script : `Script=${script}`}}`;
  }

  #characterClass(): string {
    const start = this.#at;
    this.#at += 1;
    const isNegated = this.#peek() === '^';
    if (isNegated) this.#at += 1;
    const operands = [''];
    let isFirst = true;
    while (this.#peek() !== ']' || isFirst) {
      if (this.#at >= this.#pattern.length) {
        throw this.#error('Unclosed character class', Math.max(start, this.#pattern.length - 1));
      }
      isFirst = false;
      if (this.#isAt('&&')) {
        this.#at += 2;
        operands.push('');
        continue;
      }
      operands[operands.length - 1] += this.#classItem();
    }
    this.#at += 1;
    const parts = operands.filter((operand) => operand !== '');
    const body = parts.length === 1 ? parts[0]! : parts.map((part) => `[${part}]`).join('&&');
    return `[${isNegated ? '^' : ''}${body}]`;
  }

  #classItem(): string {
    if (this.#peek() === '[') return this.#characterClass();
    if (this.#isAt('\\Q')) {
      return [...this.#quoted()].map((char) => literal(char.codePointAt(0)!)).join('');
    }
    const from = this.#classAtom();
    const isRange =
      this.#peek() === '-' && !['', ']', '['].includes(this.#pattern[this.#at + 1] ?? '');
    if (!isRange || !from.startsWith('\\u{')) return from;
    this.#at += 1;
    return `${from}-${this.#classAtom()}`;
  }

  #classAtom(): string {
    return this.#peek() === '\\' ? this.#classEscape() : literal(this.#codePoint());
  }
}

/** The flags that JavaScript knows; u, x, d and U change nothing for topic names. */
function kept(flags: string): string {
  return [...flags].filter((flag) => 'ims'.includes(flag)).join('');
}
