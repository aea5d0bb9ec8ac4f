// A line that Kafka's tools log on stderr while they work: with time and logger in the exact manner, as their
// log4j2 configuration writes it; in plain words for people.

import type { ToolContext } from '../../flags/tool-context.ts';

export function warn(context: ToolContext, message: string, logger: string): void {
  if (context.manner === 'modern') context.err(`Warning: ${message}`);
  else context.err(`[${timestamp(context.io.clock.nowMs())}] WARN ${message} (${logger})`);
}

/** yyyy-MM-dd HH:mm:ss,SSS in local time. */
function timestamp(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [two(now.getHours()), two(now.getMinutes()), two(now.getSeconds())].join(':');
  return `${day} ${time},${String(now.getMilliseconds()).padStart(3, '0')}`;
}
