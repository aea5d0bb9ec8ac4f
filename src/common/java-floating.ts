// Float.toString and Double.toString as the JVMs that run Kafka 4.3 print them: JDK 17, where the digits are not always
// the fewest that tell a number apart. Follows the arithmetic of its conversion, overflows included; checked by
// comparing 100 000 random bit patterns with java(1). Reads numbers nowhere; see java.ts for that.

/** Bits of a double's fraction field. */
const FRACTION_BITS = 52;
/** Within these a number that is an integer takes a shorter way. */
const MAX_SMALL_EXPONENT = 62;
const MIN_SMALL_EXPONENT = -21;

const bits = new DataView(new ArrayBuffer(8));

/** Significant digits, and where the point stands: 0.DIGITS × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** A finite, non-zero magnitude with its binary form: significand × 2^(exponent - 52), the top bit of 53 set. */
interface Binary {
  readonly significand: bigint;
  readonly exponent: number;
  /** That the type can hold here: fewer for subnormal numbers. */
  readonly significantBits: number;
}

/** Double.toString. */
export function javaDoubleToString(value: number): string {
  return toJavaText(value, 53, -1022);
}

/** Float.toString of a number that a float holds. */
export function javaFloatToString(value: number): string {
  return toJavaText(value, 24, -126);
}

function toJavaText(value: number, precision: number, minExponent: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0.0`;
  if (!Number.isFinite(value)) return `${sign}Infinity`;
  const binary = decompose(Math.abs(value), precision, minExponent);
  return sign + layOut(isSmallInteger(binary) ? integerDigits(binary) : generateDigits(binary));
}

function decompose(value: number, precision: number, minExponent: number): Binary {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const field = Number(raw >> 52n);
  let significand = raw & ((1n << 52n) - 1n);
  let exponent = field - 1023;
  if (field > 0) significand |= 1n << 52n;
  else {
    exponent = -1022;
    while (significand >> 52n === 0n) {
      significand <<= 1n;
      exponent -= 1;
    }
  }
  return {
    significand,
    exponent,
    significantBits: precision - Math.max(0, minExponent - exponent),
  };
}

function trailingZeros(value: bigint): number {
  let count = 0;
  for (let rest = value; (rest & 1n) === 0n; rest >>= 1n) count += 1;
  return count;
}

function isSmallInteger({ significand, exponent }: Binary): boolean {
  if (exponent > MAX_SMALL_EXPONENT || exponent < MIN_SMALL_EXPONENT) return false;
  return FRACTION_BITS - trailingZeros(significand) <= exponent;
}

/** Digits below the precision of the type are rounded away. */
function integerDigits({ significand, exponent, significantBits }: Binary): Decimal {
  const shift = exponent - FRACTION_BITS;
  let value = shift >= 0 ? significand << BigInt(shift) : significand >> BigInt(-shift);
  const spareBits = exponent - significantBits - 1;
  const dropped = spareBits > 0 ? (2n ** BigInt(spareBits)).toString().length - 1 : 0;
  if (dropped > 0) {
    const unit = 10n ** BigInt(dropped);
    const rest = value % unit;
    value /= unit;
    if (rest >= unit / 2n) value += 1n;
  }
  const text = value.toString();
  return { digits: text.replace(/(?<=.)0+$/, ''), point: text.length + dropped };
}

/** How wide the numbers are that JDK computes with: 32, 64 or any number of bits. */
type Width = 32 | 64 | undefined;

/** Ratios to a power of ten: value, half a unit in the last place, and one. */
interface Scaled {
  readonly value: bigint;
  readonly half: bigint;
  readonly one: bigint;
  readonly width: Width;
}

function bitsOfPowerOf5(power: number): number {
  return power < 27 ? (5n ** BigInt(power)).toString(2).length : power * 3;
}

function estimatePoint({ significand, exponent }: Binary): number {
  const leading = Number(significand) / 2 ** FRACTION_BITS;
  return Math.floor((leading - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981);
}

function scale({ significand, exponent, significantBits }: Binary, point: number): Scaled {
  const zeros = trailingZeros(significand);
  const fractionBits = FRACTION_BITS + 1 - zeros;
  const tinyBits = Math.max(0, fractionBits - exponent - 1);
  const value5 = Math.max(0, -point);
  const one5 = Math.max(0, point);
  let value2 = value5 + tinyBits + exponent;
  let one2 = one5 + tinyBits;
  let half2 = value2 - significantBits;
  value2 -= fractionBits - 1;
  const common = Math.min(value2, one2);
  value2 -= common;
  one2 -= common;
  half2 -= common;
  if (fractionBits === 1) half2 -= 1;
  if (half2 < 0) {
    value2 -= half2;
    one2 -= half2;
    half2 = 0;
  }
  const valueBits = fractionBits + value2 + bitsOfPowerOf5(value5);
  const tenBits = one2 + 1 + bitsOfPowerOf5(one5 + 1);
  const widest = Math.max(valueBits, tenBits);
  return {
    value: ((significand >> BigInt(zeros)) * 5n ** BigInt(value5)) << BigInt(value2),
    half: (5n ** BigInt(value5)) << BigInt(half2),
    one: (5n ** BigInt(one5)) << BigInt(one2),
    width: widest < 32 ? 32 : widest < 64 ? 64 : undefined,
  };
}

function generateDigits(binary: Binary): Decimal {
  let point = estimatePoint(binary);
  const { value, half: firstHalf, one, width } = scale(binary, point);
  const wrap = (n: bigint) => (width === undefined ? n : BigInt.asIntN(width, n));
  const ten = wrap(one * 10n);
  let quotient = value / one;
  let rest = wrap(10n * (value % one));
  let half = wrap(firstHalf * 10n);
  let isLow = rest < half;
  let isHigh = wrap(rest + half) > ten;
  let digits = '';
  if (quotient === 0n && !isHigh) point -= 1;
  else digits += quotient;
  // The form with an exponent has two digits at least.
  if (point < -3 || point >= 8) {
    isHigh = false;
    isLow = false;
  }
  while (!isLow && !isHigh) {
    quotient = rest / one;
    rest = wrap(10n * (rest % one));
    half = wrap(half * 10n);
    isLow = half <= 0n || rest < half;
    isHigh = half <= 0n || wrap(rest + half) > ten;
    digits += quotient;
  }
  if (isHigh && (!isLow || roundsUp(wrap(wrap(rest << 1n) - ten), digits))) {
    return increment(digits, point + 1);
  }
  return { digits, point: point + 1 };
}

/** A tie goes to the even digit. */
function roundsUp(difference: bigint, digits: string): boolean {
  if (difference !== 0n) return difference > 0n;
  return Number(digits[digits.length - 1]) % 2 === 1;
}

function increment(digits: string, point: number): Decimal {
  const next = (BigInt(digits) + 1n).toString().padStart(digits.length, '0');
  if (next.length === digits.length) return { digits: next, point };
  return { digits: next.slice(0, -1), point: point + 1 };
}

/** Plain from 10^-3 to below 10^7, else with an exponent; a digit on each side of the point. */
function layOut({ digits, point }: Decimal): string {
  if (point > 0 && point < 8) {
    const whole = digits.slice(0, point).padEnd(point, '0');
    return `${whole}.${digits.slice(point) || '0'}`;
  }
  if (point <= 0 && point > -3) return `0.${'0'.repeat(-point)}${digits}`;
  return `${digits[0]}.${digits.slice(1) || '0'}E${point - 1}`;
}
