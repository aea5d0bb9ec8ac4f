// The lines of JSON of Kafka's verifiable clients: a time, a name, and the event's own fields in Kafka's order, written as
// Jackson writes them. What goes to stdout goes at once, since another program waits for it.

import { javaDoubleToString } from '../../common/java-floating.ts';
import type { ToolContext } from '../../flags/tool-context.ts';

/** A Double of Java, which Jackson writes with its point. */
export interface JavaDouble {
  readonly double: number;
}

export function javaDouble(double: number): JavaDouble {
  return { double };
}

export type EventValue =
  | string
  | number
  | boolean
  | null
  | JavaDouble
  | readonly Readonly<Record<string, string | number | readonly number[]>>[];

export class EventLines {
  readonly #context: ToolContext;

  constructor(context: ToolContext) {
    this.#context = context;
  }

  /** Fields that are undefined are left out. */
  print(
    name: string,
    fields: Readonly<Record<string, EventValue | undefined>>,
    atMs?: number,
  ): void {
    const { io, out } = this.#context;
    const parts = [
      `"timestamp":${atMs ?? io.clock.nowMs()}`,
      `"name":${JSON.stringify(name)}`,
      ...Object.entries(fields).flatMap(([key, value]) =>
        value === undefined ? [] : [`${JSON.stringify(key)}:${json(value)}`],
      ),
    ];
    out.line(`{${parts.join(',')}}`);
  }
}

function json(value: EventValue): string {
  if (value !== null && typeof value === 'object' && 'double' in value) {
    const { double } = value;
    if (!Number.isFinite(double)) return `"${double}"`;
    return javaDoubleToString(double);
  }
  return JSON.stringify(value);
}
