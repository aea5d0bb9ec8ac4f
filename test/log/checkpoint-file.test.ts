import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Disk } from '../../src/io/io.ts';
import { writeOffsetCheckpointLater } from '../../src/log/checkpoint-file.ts';
import { temporaryFolder, testIo } from './support.ts';

it('a checkpoint that is written later is whole under its name, and no file is left open', async () => {
  const { disk } = testIo();
  const path = join(temporaryFolder(), 'recovery-point-offset-checkpoint');
  let open = 0;
  const counting: Disk = {
    ...disk,
    open: (name, mode) => {
      const file = disk.open(name, mode);
      const { close } = file;
      open++;
      file.close = () => {
        open--;
        close.call(file);
      };
      return file;
    },
  };
  await writeOffsetCheckpointLater(counting, path, new Map([['some-topic-3', 42]]));
  expect(readFileSync(path, 'utf8')).toBe('0\n1\nsome-topic 3 42\n');
  expect(open).toBe(0);
});
