// The properties of Kafka's LineMessageReader: what a line holds beside the value, and what stands between the parts.

import { javaRegexSplitter } from '../../common/java-regex.ts';
import { ToolError } from '../support/java-error.ts';

export interface ReaderConfig {
  readonly topic: string;
  readonly parsesKey: boolean;
  readonly parsesHeaders: boolean;
  readonly ignoresErrors: boolean;
  readonly keySeparator: string;
  readonly headersDelimiter: string;
  readonly headersKeySeparator: string;
  /** headers.separator is a regular expression of Java. */
  readonly splitHeaders: (text: string) => string[];
  /** undefined: nothing stands for null. */
  readonly nullMarker: string | undefined;
}

const KAFKA_EXCEPTION = 'org.apache.kafka.common.KafkaException';

/** LineMessageReader.configure; unknown properties are ignored. Throws ToolError. */
export function readerConfig(properties: ReadonlyMap<string, string>): ReaderConfig {
  const text = (name: string, fallback: string) => properties.get(name) ?? fallback;
  const flag = (name: string) => text(name, '').trim().toLowerCase() === 'true';
  const separators = {
    'headers.delimiter': text('headers.delimiter', '\t'),
    'headers.separator': text('headers.separator', ','),
    'headers.key.separator': text('headers.key.separator', ':'),
    'key.separator': text('key.separator', '\t'),
    'null.marker': properties.get('null.marker'),
  };
  const splitHeaders = javaRegexSplitter(separators['headers.separator']);
  refuseEqual(separators);
  return {
    topic: text('topic', ''),
    parsesKey: flag('parse.key'),
    parsesHeaders: flag('parse.headers'),
    ignoresErrors: flag('ignore.error'),
    keySeparator: separators['key.separator'],
    headersDelimiter: separators['headers.delimiter'],
    headersKeySeparator: separators['headers.key.separator'],
    splitHeaders,
    nullMarker: separators['null.marker'],
  };
}

/** In the order in which Kafka compares them. */
const UNEQUAL = [
  ['headers.delimiter', 'headers.separator'],
  ['headers.delimiter', 'headers.key.separator'],
  ['headers.separator', 'headers.key.separator'],
  ['null.marker', 'key.separator'],
  ['null.marker', 'headers.separator'],
  ['null.marker', 'headers.delimiter'],
  ['null.marker', 'headers.key.separator'],
] as const;

type Separators = Readonly<Record<(typeof UNEQUAL)[number][number], string | undefined>>;

function refuseEqual(separators: Separators): void {
  for (const [one, other] of UNEQUAL) {
    if (separators[one] !== undefined && separators[one] === separators[other]) {
      throw new ToolError(`${one} and ${other} may not be equal`, KAFKA_EXCEPTION);
    }
  }
}
