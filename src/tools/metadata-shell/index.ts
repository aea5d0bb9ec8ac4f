// kafka-metadata-shell.sh: a snapshot of the metadata log as a file system (org.apache.kafka.shell.MetadataShell).
// Unlike Kafka's it reads the whole snapshot before it runs a command.

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { METADATA_SHELL_TABLE } from '../../flags/tables/metadata-shell.ts';
import { KAFKA_COMMIT, KAFKA_VERSION, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { EMPTY_IMAGE, type MetadataImage } from '../../metadata/image/metadata-image.ts';
import { MetadataReplay } from '../../metadata/metadata-replay.ts';
import { controlType, controlTypeName } from '../../records/control-record.ts';
import * as batch from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { messageOf } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';
import { readInput } from '../support/properties.ts';
import { runCommand, type ShellState } from './commands.ts';
import { rootNode } from './image-nodes.ts';
import { interact } from './interactive.ts';
import { MissingChildError } from './node.ts';

export const METADATA_SHELL: Tool = {
  table: METADATA_SHELL_TABLE,
  helpExitCode: 1,
  run: runMetadataShell,
};

async function runMetadataShell(options: ParsedOptions, context: ToolContext): Promise<number> {
  let image: MetadataImage;
  try {
    image = readImage(options.value('snapshot') as string, context);
  } catch (error) {
    if (context.manner === 'modern') throw error;
    context.err(`Unexpected error: ${messageOf(error)}`);
    return 1;
  }
  const local = new Map([
    ['version', KAFKA_VERSION],
    ['commitId', KAFKA_COMMIT],
  ]);
  const { isTerminal, columns } = context.out;
  const state: ShellState = {
    root: rootNode(image, local, context.manner === 'modern'),
    workingDirectory: '/',
    history: [],
    columns: isTerminal ? columns : undefined,
  };
  try {
    if (options.words.length === 0) return await interact(state, context);
    for (const line of runCommand({ ...state, columns: undefined }, options.words, false)) {
      context.out.line(line);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof MissingChildError)) throw error;
    context.err(`Unexpected error: ${error.message}`);
    return 1;
  }
}

/** Throws FileError, CorruptRecordError, MetadataRecordError. */
function readImage(path: string, context: ToolContext): MetadataImage {
  const bytes = readInput(context.io, path);
  const replay = new MetadataReplay(EMPTY_IMAGE);
  const cursor = new RecordCursor();
  let provenance = EMPTY_IMAGE.provenance;
  const controls: [string, number][] = [];
  batch.forEachBatch(bytes, 0, bytes.length, (at) => {
    batch.ensureValid(bytes, at);
    if (batch.isControl(bytes, at)) {
      cursor.reset(bytes, at);
      while (cursor.next()) {
        const type = controlType(cursor.buffer, cursor.keyPosition, cursor.keyLength);
        controls.push([controlTypeName(type), cursor.offset]);
      }
      return;
    }
    cursor.reset(bytes, at);
    const values: Buffer[] = [];
    while (cursor.next()) values.push(Buffer.from(cursor.value() ?? Buffer.alloc(0)));
    replay.replayValues(values);
    provenance = {
      lastContainedOffset: batch.lastOffset(bytes, at),
      lastContainedEpoch: batch.partitionLeaderEpoch(bytes, at),
      lastContainedLogTimeMs: batch.maxTimestamp(bytes, at),
    };
  });
  if (context.manner === 'exact') {
    for (const [type, offset] of controls) {
      const text = `Ignoring control record with type ${type} at offset ${offset}`;
      logLine(context, 'ERROR', text, 'org.apache.kafka.metadata.util.SnapshotFileReader');
    }
  }
  return replay.finish(provenance).image;
}
