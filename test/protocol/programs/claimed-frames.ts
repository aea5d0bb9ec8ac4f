// Prints how many bytes of buffers connections take that claim 100 MiB each and send a single byte of it.
// A process of its own, because a test runner's buffers come and go beside what is measured.
//   node claimed-frames.ts CONNECTIONS

import { FrameSplitter } from '../../../src/protocol/frame.ts';

const count = Number(process.argv[2]);
const before = process.memoryUsage().arrayBuffers;
const splitters = Array.from({ length: count }, () => new FrameSplitter(100 * 1024 * 1024));
for (const splitter of splitters) {
  splitter.push(Buffer.from('0640000001', 'hex'));
  if (splitter.next() !== undefined) throw new Error('a frame out of nothing');
}
console.log(process.memoryUsage().arrayBuffers - before);
