// The CSV files of --export and --from-file: `topic,partition,offset` for one group, `group,topic,…` for several
// (CsvUtils, with Jackson's rules for quotes and its words for what doesn't fit).

import { javaSplit, parseJavaInteger } from '../../../common/java.ts';
import type { ToolContext } from '../../../flags/tool-context.ts';
import type { Io } from '../../../io/io.ts';
import { describeError, rootCause, ToolError } from '../java-error.ts';
import { runtimeError } from '../java-future.ts';
import { readInput } from '../properties.ts';
import type { PlannedOffset } from './offset-plan.ts';

const WITHOUT_GROUP = ['topic', 'partition', 'offset'] as const;
const WITH_GROUP = ['group', ...WITHOUT_GROUP] as const;
/** Longer texts are quoted whatever is in them. */
const MAX_QUOTE_CHECK_CHARS = 24;
const SOURCE = ' at [Source: (StringReader); line: ';

interface Cell {
  readonly text: string;
  /** 1-based, of its first character. */
  readonly column: number;
}

/** Offsets by group. */
export function readPlan(
  context: ToolContext,
  path: string,
  groups: readonly string[],
): Map<string, PlannedOffset[]> {
  const lines = javaSplit(readText(context.io, path), '\n');
  const isWithoutGroup = lines[0] !== undefined && isRecord(context, lines[0]);
  const single = groups.length === 1 && isWithoutGroup ? groups[0]! : undefined;
  const plan = new Map<string, Map<string, PlannedOffset>>();
  for (const line of lines) {
    const record = parseRecord(line, single === undefined ? WITH_GROUP : WITHOUT_GROUP);
    const group = single ?? record.group;
    const offsets = plan.get(group) ?? new Map<string, PlannedOffset>();
    const { topic, partition, offset } = record;
    if (offset < 0) throw new ToolError('Invalid negative offset');
    plan.set(group, offsets.set(`${topic}-${partition}`, { topic, partition, offset }));
  }
  return new Map([...plan].map(([group, offsets]) => [group, [...offsets.values()]]));
}

/** Throws a RuntimeException with the IOException that Kafka's own reader throws. */
export function readText(io: Io, path: string): string {
  try {
    return readInput(io, path).toString();
  } catch {
    throw runtimeError(new ToolError(`Unable to read file ${path}`, 'java.io.IOException'));
  }
}

/** Whether the line is for one group; why it isn't, Kafka's tool tells on stderr, though it may well be for several. */
function isRecord(context: ToolContext, line: string): boolean {
  try {
    parseRecord(line, WITHOUT_GROUP);
    return true;
  } catch (error) {
    if (context.manner === 'exact') context.err(describeError(rootCause(error)));
    return false;
  }
}

/** Columns that are missing at the end are empty or 0. */
function parseRecord(line: string, columns: readonly string[]) {
  const isNamed = columns.length === WITH_GROUP.length;
  const cells = parseCells(line);
  if (cells.length === 0) {
    throw jackson(
      'databind.exc.MismatchedInputException',
      `No content to map due to end-of-input\n${SOURCE}UNKNOWN, column: UNKNOWN]`,
    );
  }
  const number = (name: string, type: 'int' | 'long') => {
    const cell = cells[columns.indexOf(name)];
    if (cell === undefined || cell.text.trim() === '') return 0;
    const value = parseJavaInteger(cell.text.trim(), type === 'int' ? 32 : 64);
    if (value !== undefined) return Number(value);
    const record = isNamed ? 'CsvRecordWithGroup' : 'CsvRecordNoGroup';
    throw jackson(
      'databind.exc.InvalidFormatException',
      `Cannot deserialize value of type \`${type}\` from String "${cell.text}": not a valid \`${type}\` value\n` +
        `${SOURCE}1, column: ${cell.column}] (through reference chain: org.apache.kafka.tools.consumer.group.CsvUtils$${record}["${name}"])`,
    );
  };
  const text = (name: string) => cells[columns.indexOf(name)]?.text ?? '';
  const record = {
    group: text('group'),
    topic: text('topic'),
    partition: number('partition', 'int'),
    offset: number('offset', 'long'),
  };
  const extra = cells[columns.length];
  if (extra !== undefined) {
    throw jackson(
      'dataformat.csv.CsvReadException',
      `Too many entries: expected at most ${columns.length} (value #${columns.length} (${extra.text.length} chars) "${extra.text}")\n` +
        `${SOURCE}1, column: ${extra.column}]`,
    );
  }
  return record;
}

function jackson(name: string, message: string): ToolError {
  return runtimeError(new ToolError(message, `com.fasterxml.jackson.${name}`));
}

function parseCells(line: string): Cell[] {
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  const cells: Cell[] = [];
  if (end === 0) return cells;
  let at = 0;
  for (;;) {
    const column = at + 1;
    let text = '';
    if (line[at] === '"') {
      for (at++; at < end; at++) {
        if (line[at] !== '"') text += line[at];
        else if (line[at + 1] === '"') text += line[at++];
        else break;
      }
      if (at >= end) {
        throw jackson(
          'core.JsonParseException',
          `Missing closing quote for value\n${SOURCE}1, column: ${end + 1}]`,
        );
      }
      at = line.indexOf(',', at);
    } else {
      at = line.indexOf(',', at);
      text = line.slice(column - 1, at < 0 ? end : at);
    }
    cells.push({ text, column });
    if (at < 0) return cells;
    at++;
  }
}

/** One line without its end; `group` only where several are asked for. */
export function csvLine(
  group: string | undefined,
  { topic, partition, offset }: PlannedOffset,
): string {
  const texts = group === undefined ? [topic] : [group, topic];
  return [...texts.map(quoted), partition, offset].join(',');
}

/** Jackson quotes whatever holds a character up to the comma, and all that is long. */
function quoted(text: string): string {
  const isPlain = text.length <= MAX_QUOTE_CHECK_CHARS && [...text].every((char) => char > ',');
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
