// Which formatter prints the records of the console consumers, and with which properties.

import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { usage } from '../../flags/usage.ts';
import { describeChain, messageOf, ToolError } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';
import { loadProperties, merge, parseKeyValues } from '../support/properties.ts';
import { findFormatter } from './formatter-classes.ts';
import { JsonFormatter } from './json-formatter.ts';
import { renamed } from './options.ts';
import type { RecordFormatter } from './record-formatter.ts';

const FORMATTER_LOGGER = 'org.apache.kafka.tools.consumer.DefaultMessageFormatter';

/** ConsoleConsumerOptions.buildFormatter: whatever fails there is told by its message and the usage. */
export async function chooseFormatter(
  options: ParsedOptions,
  context: ToolContext,
): Promise<RecordFormatter> {
  try {
    const className = options.value('formatter')!;
    // A first look without properties: an unknown class is told before they are.
    const isKnown = await findFormatter(className, context.isLenient, new Map(), () => {});
    if (isKnown === undefined) throw new ToolError(className, 'java.lang.ClassNotFoundException');
    const properties = formatterProperties(options, context);
    const { format } = context.out;
    if (format === 'json' || format === 'yaml') return new JsonFormatter(properties);
    const complain = (line: string, why: unknown) => {
      if (context.manner === 'modern') context.err(line);
      else logLine(context, 'ERROR', line, FORMATTER_LOGGER, describeChain(why));
    };
    return (await findFormatter(className, context.isLenient, properties, complain))!;
  } catch (error) {
    if (error instanceof CommandLineError) throw error;
    throw usage(messageOf(error));
  }
}

/** Words win over the deserializer options, and these over the file. */
function formatterProperties(options: ParsedOptions, context: ToolContext): Map<string, string> {
  if (options.has('formatter-property') && options.has('property')) {
    throw usage('Options --property and --formatter-property cannot be specified together.');
  }
  const words = renamed(options, 'property', 'formatter-property', context);
  const file = options.value('formatter-config');
  const fromOptions = new Map<string, string>();
  for (const part of ['key', 'value'] as const) {
    const className = options.value(`${part}-deserializer`);
    if (className) fromOptions.set(`${part}.deserializer`, className);
  }
  return merge(
    file === undefined ? new Map() : loadProperties(context.io, file),
    fromOptions,
    parseKeyValues(options.values(words)),
  );
}
