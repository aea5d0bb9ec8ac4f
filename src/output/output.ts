// Results on stdout, in the form that was asked for: Kafka's lines, a table for people, JSON or YAML.
// The only writer to stdout. Table, colour and YAML libraries are loaded when they are first needed.

import { ByteSink } from './byte-sink.ts';

export type OutputFormat = 'kafka' | 'table' | 'json' | 'yaml';

export const OUTPUT_FORMATS: readonly OutputFormat[] = ['kafka', 'table', 'json', 'yaml'];

export interface Table {
  readonly columns: readonly Column[];
  /** A cell is text or a number; undefined shows as '-'. */
  readonly rows: readonly (readonly Cell[])[];
  /** A line above the table. */
  readonly title?: string;
}

export type Cell = string | number | undefined;

export interface Column {
  readonly name: string;
  readonly align?: 'left' | 'right';
  /** How to colour a cell that calls for attention. */
  readonly tone?: (cell: Cell) => Tone;
}

export type Tone = 'plain' | 'good' | 'warning' | 'bad' | 'dim' | 'strong';

/** One result in all its forms; only the one that is asked for is made. */
export interface Presentation {
  /** Kafka's own lines, without the last newline; [] prints nothing. */
  kafka(): readonly string[];
  /** Absent: people get Kafka's lines. */
  table?(): Table | readonly Table[];
  /** A JSON value of stable shape: documented, fields never renamed. */
  data(): unknown;
}

export class Output extends ByteSink {
  readonly format: OutputFormat;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly hasColour: boolean;

  constructor(
    format: OutputFormat,
    hasColour: boolean,
    ...[target, clock]: ConstructorParameters<typeof ByteSink>
  ) {
    super(target, clock);
    this.format = format;
    this.isTerminal = target.isTerminal;
    this.columns = target.columns;
    this.hasColour = hasColour;
  }

  /** Prints one result in the chosen form and waits for room. */
  async present(result: Presentation): Promise<void> {
    if (this.format === 'json') this.line(JSON.stringify(result.data(), jsonValue, 2));
    else if (this.format === 'yaml') await this.yaml(result.data());
    else if (this.format === 'table' && result.table) await this.tables(result.table());
    else for (const line of result.kafka()) this.line(line);
    await this.ready();
  }

  private async yaml(value: unknown): Promise<void> {
    const { stringify } = await import('yaml');
    this.text(stringify(JSON.parse(JSON.stringify(value, jsonValue))));
  }

  private async tables(tables: Table | readonly Table[]): Promise<void> {
    const { renderTable } = await import('./table.ts');
    const list: readonly Table[] = 'rows' in tables ? [tables] : tables;
    list.forEach((table, index) => {
      if (index > 0) this.line('');
      this.line(renderTable(table, { hasColour: this.hasColour, columns: this.columns }));
    });
  }
}

/** A bigint is a number of JSON where exact, else a string; a Map is an object. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (value instanceof Map) return Object.fromEntries(value);
  return value;
}
