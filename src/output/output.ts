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
  /** Of the terminal, that the last redraw filled. */
  #drawnRows = 0;

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
    else if (this.format === 'yaml') await this.#yaml(result.data());
    else if (this.format === 'table' && result.table) await this.#tables(result.table());
    else for (const line of result.kafka()) this.line(line);
    await this.ready();
  }

  /** Tables in the place of those that were drawn last, on a terminal; elsewhere one after another. */
  async redraw(tables: readonly Table[]): Promise<void> {
    const { renderTable } = await import('./table.ts');
    const { hasColour, columns } = this;
    const text = tables.map((table) => renderTable(table, { hasColour, columns })).join('\n\n');
    if (this.isTerminal && this.#drawnRows > 0) this.text(`\x1b[${this.#drawnRows}A\x1b[J`);
    this.line(text);
    this.#drawnRows = text.split('\n').reduce((rows, line) => rows + rowsOf(line, columns), 0);
    await this.ready();
  }

  async #yaml(value: unknown): Promise<void> {
    const { stringify } = await import('yaml');
    this.text(stringify(JSON.parse(JSON.stringify(value, jsonValue))));
  }

  async #tables(tables: Table | readonly Table[]): Promise<void> {
    const { renderTable } = await import('./table.ts');
    const list: readonly Table[] = 'rows' in tables ? [tables] : tables;
    list.forEach((table, index) => {
      if (index > 0) this.line('');
      this.line(renderTable(table, { hasColour: this.hasColour, columns: this.columns }));
    });
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
const COLOUR = /\x1b\[[0-9;]*m/g;

/** Rows of a terminal that a line fills. */
function rowsOf(line: string, columns: number): number {
  // Some terminals don't say how wide they are.
  if (columns <= 0) return 1;
  return Math.max(1, Math.ceil(line.replace(COLOUR, '').length / columns));
}

/** A bigint is a number of JSON where exact, else a string; a Map is an object. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (value instanceof Map) return Object.fromEntries(value);
  return value;
}
