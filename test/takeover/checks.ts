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
    lines.push(`line ${i + 1}\n- ${cut(before[i])}\n+ ${cut(after[i])}`);
    if (lines.length === MAX_SHOWN) break;
  }
  return lines.join('\n');
}

const cut = (line: string | undefined): string => (line ?? '(nothing)').slice(0, 400);
