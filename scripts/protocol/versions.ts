// Version ranges of the schemas ("3+", "0-2", "7", "none") and the conditions on `v` that they become.

export interface Range {
  readonly low: number;
  readonly high: number;
}

const OPEN = 32767;

export function parseRange(text: string | undefined): Range | undefined {
  if (text === undefined || text === 'none') return undefined;
  const open = /^(\d+)\+$/.exec(text);
  if (open) return { low: Number(open[1]), high: OPEN };
  const closed = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!closed) throw new Error(`not a version range: ${text}`);
  return { low: Number(closed[1]), high: Number(closed[2] ?? closed[1]) };
}

export function intersect(a: Range | undefined, b: Range | undefined): Range | undefined {
  if (a === undefined || b === undefined) return undefined;
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low <= high ? { low, high } : undefined;
}

export function union(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

export function contains(range: Range | undefined, version: number): boolean {
  return range !== undefined && version >= range.low && version <= range.high;
}

/** 'true', 'false' or an expression over `v`, given that v lies within `context`. */
export type Condition = string;

export function condition(range: Range | undefined, context: Range): Condition {
  const hit = intersect(range, context);
  if (hit === undefined) return 'false';
  const fromStart = hit.low === context.low;
  const toEnd = hit.high === context.high;
  if (fromStart && toEnd) return 'true';
  if (hit.low === hit.high) return `v === ${hit.low}`;
  if (toEnd) return `v >= ${hit.low}`;
  if (fromStart) return `v <= ${hit.high}`;
  return `v >= ${hit.low} && v <= ${hit.high}`;
}

/** `when ? a : b`, folded where it can be. */
export function pick(when: Condition, a: string, b: string): string {
  if (when === 'true' || a === b) return a;
  if (when === 'false') return b;
  return `${when} ? ${a} : ${b.includes(' ? ') ? `(${b})` : b}`;
}
