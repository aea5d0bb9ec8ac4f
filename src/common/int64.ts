// int64 at a place in a buffer as a number: exact within ±2^53, saturating beyond, never a bigint.

const TWO_32 = 4294967296;

export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * TWO_32 + buffer.readUInt32BE(at + 4);
}

export function writeInt64(buffer: Buffer, at: number, value: number): void {
  let high = Math.floor(value / TWO_32);
  let low = value - high * TWO_32;
  if (high > 0x7fffffff) {
    high = 0x7fffffff;
    low = 0xffffffff;
  } else if (high < -0x80000000) {
    high = -0x80000000;
    low = 0;
  }
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(low, at + 4);
}
