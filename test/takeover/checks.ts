// Counts what agrees and prints what doesn't.

export class Checks {
  passed = 0;
  failed = 0;

  equal(name: string, actual: string, expected: string): void {
    this.holds(name, actual === expected, () => difference(expected, actual));
  }

  holds(name: string, condition: boolean, why: () => string = () => ''): void {
    if (condition) {
      this.passed++;
      return;
    }
    this.failed++;
    console.log(`not ok ${name}\n${why().replaceAll(/^/gm, '    ')}`);
  }
}

const MAX_SHOWN = 6;

/** The first lines that differ. */
function difference(expected: string, actual: string): string {
  const before = expected.split('\n');
  const after = actual.split('\n');
  const lines: string[] = [];
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    if (before[i] === after[i]) continue;
    lines.push(`line ${i + 1}\n${shown(before[i] ?? '(nothing)', after[i] ?? '(nothing)')}`);
    if (lines.length === MAX_SHOWN) break;
  }
  return lines.join('\n');
}

const MAX_CHARACTERS = 400;
const BEFORE_CHARACTERS = 100;

/** Long lines from a little before the place where they part. */
function shown(before: string, after: string): string {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const from = Math.max(0, same - BEFORE_CHARACTERS);
  const cut = (line: string): string => line.slice(from, from + MAX_CHARACTERS);
  return `- ${cut(before)}\n+ ${cut(after)}`;
}
