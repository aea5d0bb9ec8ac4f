// A line that Kafka's tools log on stderr while they work: with time and logger in the exact manner, as their
// log4j2 configuration writes it; in plain words for people, or not at all.

import type { ClientLog, LogLevel } from '../../client/client-log.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { describeChain } from './java-error.ts';

export function warn(context: ToolContext, message: string, logger: string): void {
  if (context.manner === 'modern') context.err(`Warning: ${message}`);
  else logLine(context, 'WARN', message, logger);
}

/** What Kafka's clients say while they work: part of what a script can see. People get the error at the end, if there is one. */
export function clientLog(context: ToolContext): ClientLog | undefined {
  if (context.manner === 'modern') return undefined;
  return (level, message, logger, error) => {
    const rest = error === undefined ? undefined : describeChain(error);
    logLine(context, level, message, logger, rest);
  };
}

/** A stack trace as a log line's message (Utils.stackTrace): it ends with a line break before the logger. */
export function logFailure(context: ToolContext, error: unknown, logger: string): void {
  logLine(context, 'ERROR', `${describeChain(error)}\n`, logger);
}

/** `rest` follows the line as it is: an exception. */
export function logLine(
  context: ToolContext,
  level: LogLevel,
  message: string,
  logger: string,
  rest?: string,
): void {
  const line = `[${timestamp(context.io.clock.nowMs())}] ${level} ${message} (${logger})`;
  context.err(rest === undefined ? line : `${line}\n${rest}`);
}

/** yyyy-MM-dd HH:mm:ss,SSS in local time. */
function timestamp(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [two(now.getHours()), two(now.getMinutes()), two(now.getSeconds())].join(':');
  return `${day} ${time},${String(now.getMilliseconds()).padStart(3, '0')}`;
}
