// XXH3 with 64 bits and seed 0: the hash of a group's topics (Kafka: Utils.computeGroupHash, by hash4j's xxh3_64). It is
// computed when a topic or a subscription changes, never per record: BigInt's speed is enough.
// Algorithm: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md

const MASK_64 = (1n << 64n) - 1n;
const MASK_32 = 0xffffffffn;

const PRIME32_1 = 0x9e3779b1n;
const PRIME32_2 = 0x85ebca77n;
const PRIME32_3 = 0xc2b2ae3dn;
const PRIME64_1 = 0x9e3779b185ebca87n;
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME64_3 = 0x165667b19e3779f9n;
const PRIME64_4 = 0x85ebca77c2b2ae63n;
const PRIME64_5 = 0x27d4eb2f165667c5n;
const PRIME_MX1 = 0x165667919e3779f9n;
const PRIME_MX2 = 0x9fb21c651e98df25n;

/** The default secret of the specification. */
const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);

const STRIPE_BYTES = 64;
const SECRET_STEP_BYTES = 8;
const STRIPES_PER_BLOCK = (SECRET.length - STRIPE_BYTES) / SECRET_STEP_BYTES;

/** Unsigned. */
export function xxh3(bytes: Buffer): bigint {
  const { length } = bytes;
  if (length > 240) return hashLong(bytes);
  if (length > 128) return hash129To240(bytes);
  if (length > 16) return hash17To128(bytes);
  if (length > 8) return hash9To16(bytes);
  if (length > 3) return hash4To8(bytes);
  if (length > 0) return hash1To3(bytes);
  return avalanche64(read64(SECRET, 56) ^ read64(SECRET, 64));
}

function read64(bytes: Buffer, at: number): bigint {
  return bytes.readBigUInt64LE(at);
}

function read32(bytes: Buffer, at: number): bigint {
  return BigInt(bytes.readUInt32LE(at));
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) & MASK_64;
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK_64;
}

function swapBytes(value: bigint): bigint {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(value);
  return bytes.readBigUInt64BE();
}

/** The halves of the 128-bit product, one upon the other. */
function foldedProduct(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product & MASK_64) ^ (product >> 64n);
}

/** XXH64's own. */
function avalanche64(value: bigint): bigint {
  let hash = times(value ^ (value >> 33n), PRIME64_2);
  hash = times(hash ^ (hash >> 29n), PRIME64_3);
  return hash ^ (hash >> 32n);
}

function avalanche(value: bigint): bigint {
  const hash = times(value ^ (value >> 37n), PRIME_MX1);
  return hash ^ (hash >> 32n);
}

function hash1To3(bytes: Buffer): bigint {
  const { length } = bytes;
  const [first, middle, last] = [bytes[0]!, bytes[length >> 1]!, bytes[length - 1]!];
  const combined = ((first << 16) | (middle << 24) | last | (length << 8)) >>> 0;
  return avalanche64(BigInt(combined) ^ read32(SECRET, 0) ^ read32(SECRET, 4));
}

function hash4To8(bytes: Buffer): bigint {
  const length = BigInt(bytes.length);
  const both = read32(bytes, bytes.length - 4) + (read32(bytes, 0) << 32n);
  let hash = both ^ read64(SECRET, 8) ^ read64(SECRET, 16);
  hash ^= rotateLeft(hash, 49n) ^ rotateLeft(hash, 24n);
  hash = times(hash, PRIME_MX2);
  hash ^= (hash >> 35n) + length;
  hash = times(hash, PRIME_MX2);
  return hash ^ (hash >> 28n);
}

function hash9To16(bytes: Buffer): bigint {
  const low = read64(bytes, 0) ^ read64(SECRET, 24) ^ read64(SECRET, 32);
  const high = read64(bytes, bytes.length - 8) ^ read64(SECRET, 40) ^ read64(SECRET, 48);
  const sum = BigInt(bytes.length) + swapBytes(low) + high + foldedProduct(low, high);
  return avalanche(sum & MASK_64);
}

function mix16(bytes: Buffer, at: number, secretAt: number): bigint {
  return foldedProduct(
    read64(bytes, at) ^ read64(SECRET, secretAt),
    read64(bytes, at + 8) ^ read64(SECRET, secretAt + 8),
  );
}

/** Pairs of 16 bytes from both ends, towards the middle. */
function hash17To128(bytes: Buffer): bigint {
  const { length } = bytes;
  let sum = BigInt(length) * PRIME64_1;
  for (let pair = (length - 1) >> 5; pair >= 0; pair--) {
    sum += mix16(bytes, 16 * pair, 32 * pair);
    sum += mix16(bytes, length - 16 * (pair + 1), 32 * pair + 16);
  }
  return avalanche(sum & MASK_64);
}

function hash129To240(bytes: Buffer): bigint {
  const { length } = bytes;
  let sum = BigInt(length) * PRIME64_1;
  for (let i = 0; i < 8; i++) sum += mix16(bytes, 16 * i, 16 * i);
  sum = avalanche(sum & MASK_64);
  for (let i = 8; i < length >> 4; i++) sum += mix16(bytes, 16 * i, 16 * (i - 8) + 3);
  sum += mix16(bytes, length - 16, 136 - 17);
  return avalanche(sum & MASK_64);
}

function hashLong(bytes: Buffer): bigint {
  const { length } = bytes;
  const sums = [
    PRIME32_3,
    PRIME64_1,
    PRIME64_2,
    PRIME64_3,
    PRIME64_4,
    PRIME32_2,
    PRIME64_5,
    PRIME32_1,
  ];
  const stripes = Math.floor((length - 1) / STRIPE_BYTES);
  for (let i = 0; i < stripes; i++) {
    const inBlock = i % STRIPES_PER_BLOCK;
    accumulate(sums, bytes, i * STRIPE_BYTES, inBlock * SECRET_STEP_BYTES);
    // The last stripe is never among these, so that something follows every block.
    if (inBlock === STRIPES_PER_BLOCK - 1) scramble(sums);
  }
  accumulate(sums, bytes, length - STRIPE_BYTES, SECRET.length - STRIPE_BYTES - 7);
  return merge(sums, (BigInt(length) * PRIME64_1) & MASK_64);
}

function accumulate(sums: bigint[], bytes: Buffer, at: number, secretAt: number): void {
  for (let i = 0; i < 8; i++) {
    const value = read64(bytes, at + 8 * i);
    const key = value ^ read64(SECRET, secretAt + 8 * i);
    sums[i ^ 1] = (sums[i ^ 1]! + value) & MASK_64;
    sums[i] = (sums[i]! + (key & MASK_32) * (key >> 32n)) & MASK_64;
  }
}

function scramble(sums: bigint[]): void {
  for (let i = 0; i < 8; i++) {
    const sum = sums[i]!;
    const key = read64(SECRET, SECRET.length - STRIPE_BYTES + 8 * i);
    sums[i] = times(sum ^ (sum >> 47n) ^ key, PRIME32_1);
  }
}

function merge(sums: readonly bigint[], start: bigint): bigint {
  let result = start;
  for (let i = 0; i < 8; i += 2) {
    result += foldedProduct(
      sums[i]! ^ read64(SECRET, 11 + 8 * i),
      sums[i + 1]! ^ read64(SECRET, 11 + 8 * i + 8),
    );
  }
  return avalanche(result & MASK_64);
}
