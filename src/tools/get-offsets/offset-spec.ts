// The argument of --time: a name, its number, or milliseconds since the epoch (GetOffsetShell.parseOffsetSpec).

import { OffsetSpec } from '../../client/types.ts';
import { parseJavaInteger } from '../../common/java.ts';
import { TerseError } from './partition-filter.ts';

const NAMES: Readonly<Record<string, number>> = {
  earliest: OffsetSpec.EARLIEST,
  latest: OffsetSpec.LATEST,
  'max-timestamp': OffsetSpec.MAX_TIMESTAMP,
  'earliest-local': OffsetSpec.EARLIEST_LOCAL,
  'latest-tiered': OffsetSpec.LATEST_TIERED,
  'earliest-pending-upload': OffsetSpec.EARLIEST_PENDING_UPLOAD,
};

/** The timestamp for ListOffsets. */
export function parseOffsetSpec(text: string): number {
  const named = Object.hasOwn(NAMES, text) ? NAMES[text] : undefined;
  if (named !== undefined) return named;
  const value = parseJavaInteger(text, 64);
  if (value !== undefined) return Number(value);
  throw new TerseError(
    `Malformed time argument ${text}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp`,
  );
}
