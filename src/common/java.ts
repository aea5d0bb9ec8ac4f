// What Kafka's answers owe to the JVM: how it prints and reads numbers, and the order in which a HashMap of strings
// is walked (DescribeConfigs and others answer in that order).
// Pure functions; it never emulates more of Java than an answer shows.
import { javaHashCode } from './java-hash.ts';

/**
 * The names in the order in which a java.util.HashMap that got them in this order would be walked;
 * `initialCapacity` is what its constructor was given.
 */
export function javaHashMapOrder(names: readonly string[], initialCapacity = 16): string[] {
  return javaHashOrder(names, javaHashCode, initialCapacity);
}

/** The same for keys of any kind; `hashOf` is their hashCode. */
export function javaHashOrder<T>(
  keys: readonly T[],
  hashOf: (key: T) => number,
  initialCapacity = 16,
): T[] {
  let capacity = 1;
  while (capacity < initialCapacity || keys.length > Math.floor(capacity * 0.75)) capacity *= 2;
  const bucket = (key: T): number => {
    const hash = hashOf(key);
    return (hash ^ (hash >>> 16)) & (capacity - 1);
  };
  return keys
    .map((key, index) => ({ key, index, bucket: bucket(key) }))
    .sort((a, b) => a.bucket - b.bucket || a.index - b.index)
    .map((entry) => entry.key);
}

/** String.split(separator): empty pieces at the end fall away; of a text that is nothing else, none is left. */
export function javaSplit(text: string, separator: string): string[] {
  if (!text.includes(separator)) return [text];
  const pieces = text.split(separator);
  while (pieces.length > 0 && pieces[pieces.length - 1] === '') pieces.pop();
  return pieces;
}

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

/** Integer.parseInt, Short.parseShort, Long.parseLong of Java within [min, max]; undefined where Java throws. */
export function parseJavaInteger(text: string, bits: 16 | 32 | 64): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  const max = bits === 64 ? LONG_MAX : 2n ** BigInt(bits - 1) - 1n;
  const min = bits === 64 ? LONG_MIN : -(2n ** BigInt(bits - 1));
  return value > max || value < min ? undefined : value;
}

/** Double.parseDouble of Java for decimal forms, NaN and Infinity; undefined where Java throws. */
export function parseJavaDouble(text: string): number | undefined {
  const trimmed = text.trim();
  const special = /^([+-]?)(NaN|Infinity)$/.exec(trimmed);
  if (special) {
    if (special[2] === 'NaN') return Number.NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?$/.test(trimmed)) return undefined;
  return Number(trimmed.replace(/[dDfF]$/, ''));
}

/** Decimal text of an int64 held as number: 2^63 and beyond saturate to Long.MAX_VALUE and Long.MIN_VALUE. */
export function javaLongToString(value: number): string {
  if (value >= 2 ** 63) return LONG_MAX.toString();
  if (value <= -(2 ** 63)) return LONG_MIN.toString();
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

/** Classes that every JVM has, without their package java.lang: none of them is anything Kafka plugs in. */
const JDK_CLASSES: ReadonlySet<string> = new Set([
  'Boolean',
  'Byte',
  'Double',
  'Float',
  'Integer',
  'Long',
  'Object',
  'Short',
  'String',
  'Thread',
]);
const JAVA_LANG = 'java.lang.';

/** Whether a JVM would find the class, and then find it to be of the wrong kind. */
export function isJdkClass(name: string): boolean {
  return name.startsWith(JAVA_LANG) && JDK_CLASSES.has(name.slice(JAVA_LANG.length));
}
