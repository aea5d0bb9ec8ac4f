// kafka-dump-log.sh: what is in the files of a partition, byte by byte (org.apache.kafka.tools.DumpLogSegments).

import { resolve } from 'node:path';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { DUMP_LOG_TABLE } from '../../flags/tables/dump-log.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired } from '../../flags/usage.ts';
import { describeError } from '../support/java-error.ts';
import { refuseDataForms } from '../support/output-forms.ts';
import { Findings } from './findings.ts';
import { dumpOffsetIndex, dumpTimeIndex } from './index-dump.ts';
import { LineWriter } from './line-writer.ts';
import { dumpLog, nameOf } from './log-dump.ts';
import { isContentPrinted, recordParser } from './parsers.ts';
import { dumpProducerSnapshot, dumpTransactionIndex } from './state-dump.ts';

export const DUMP_LOG_SEGMENTS: Tool = {
  table: DUMP_LOG_TABLE,
  run: runDumpLog,
};

const INT_MAX = 0x7fffffff;

async function runDumpLog(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkRequired(options, 'files');
  refuseDataForms(context, 'A dump');
  const findings = new Findings();
  const out = new LineWriter(context.out);
  try {
    let isSound = true;
    for (const path of filesOf(options.value('files')!)) {
      out.line(`Dumping ${path}`);
      if (!(await dumpFile(path, options, context, out, findings))) isSound = false;
      await context.out.ready();
      if (context.out.isClosed) return 0;
    }
    await context.out.flush();
    findings.tell((text) => context.err(text));
    return isSound || context.manner === 'exact' ? 0 : 1;
  } catch (error) {
    await context.out.flush();
    if (context.manner === 'modern' || error instanceof CommandLineError) throw error;
    context.err(`Exception in thread "main" ${describeError(error)}`);
    return 1;
  }
}

/** String.split(",") and new File(): doubled slashes fall together, those at the end away. */
function filesOf(text: string): string[] {
  const paths = text.split(',');
  while (text !== '' && paths.at(-1) === '') paths.pop();
  return paths.map((path) => path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1'));
}

/** False for what couldn't be told of the file though it is no failure. */
async function dumpFile(
  path: string,
  options: ParsedOptions,
  context: ToolContext,
  out: LineWriter,
  findings: Findings,
): Promise<boolean> {
  const name = nameOf(path);
  const absolute = absoluteOf(path);
  const index = {
    isSanityOnly: options.has('index-sanity-check'),
    isVerifyOnly: options.has('verify-index-only'),
  };
  switch (name.slice(name.lastIndexOf('.'))) {
    case '.log':
    case '.checkpoint': {
      const isPrinted = isContentPrinted(options);
      const parser = await recordParser(options);
      const maxBytes = options.integer('max-bytes')!;
      const how = {
        isDeep: isPrinted || options.has('deep-iteration'),
        isMetadataSkipped: options.has('skip-record-metadata'),
        parser: isPrinted ? parser : undefined,
        maxBytes: maxBytes === INT_MAX ? undefined : maxBytes,
      };
      await dumpLog(path, absolute, how, context, out, findings);
      return true;
    }
    case '.index': {
      const maxBytes = options.integer('max-message-size')!;
      await dumpOffsetIndex(path, absolute, index, maxBytes, context, out, findings);
      return true;
    }
    case '.timeindex':
      await dumpTimeIndex(path, absolute, index, context, out, findings);
      return true;
    case '.snapshot':
      return dumpProducerSnapshot(path, context, out);
    case '.txnindex':
      dumpTransactionIndex(path, context, out);
      return true;
    default:
      context.err(`Ignoring unknown file ${path}`);
      return false;
  }
}

/** File.getAbsolutePath keeps '..' and '.' as they are. */
function absoluteOf(path: string): string {
  return path.startsWith('/') ? path : `${resolve('.')}/${path}`;
}
