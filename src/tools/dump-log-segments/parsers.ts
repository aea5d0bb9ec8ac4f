// Which parser the options ask for (DumpLogSegmentsOptions.messageParser). Those for the broker's own topics are
// loaded when one is asked for.

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { decoderParser } from './decoder-parser.ts';
import type { RecordParser } from './record-parser.ts';

const PRINTING = [
  'print-data-log',
  'offsets-decoder',
  'transaction-log-decoder',
  'cluster-metadata-decoder',
  'remote-log-metadata-decoder',
  'value-decoder-class',
  'key-decoder-class',
  'share-group-state-decoder',
];

export function isContentPrinted(options: ParsedOptions): boolean {
  return PRINTING.some((name) => options.has(name));
}

/** Throws ToolError for a decoder class that there isn't, even where nothing is to be printed. */
export async function recordParser(options: ParsedOptions): Promise<RecordParser> {
  if (options.has('offsets-decoder')) {
    const { coordinatorParser, OFFSETS_TOPIC } = await import('./coordinator-parser.ts');
    return coordinatorParser(OFFSETS_TOPIC);
  }
  if (options.has('transaction-log-decoder')) {
    const { coordinatorParser, TRANSACTION_TOPIC } = await import('./coordinator-parser.ts');
    return coordinatorParser(TRANSACTION_TOPIC);
  }
  if (options.has('cluster-metadata-decoder')) {
    const { METADATA_PARSER } = await import('./metadata-parser.ts');
    return METADATA_PARSER;
  }
  if (options.has('remote-log-metadata-decoder')) {
    const { REMOTE_LOG_PARSER } = await import('./remote-log-parser.ts');
    return REMOTE_LOG_PARSER;
  }
  if (options.has('share-group-state-decoder')) {
    const { coordinatorParser, SHARE_STATE_TOPIC } = await import('./coordinator-parser.ts');
    return coordinatorParser(SHARE_STATE_TOPIC);
  }
  return decoderParser(options.value('key-decoder-class')!, options.value('value-decoder-class')!);
}
