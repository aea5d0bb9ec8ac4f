// The line that Kafka's clients log when a broker doesn't have a topic (yet), on stderr in the exact manner:
// there it is part of what a script can see. People get the error at the end, if there is one.

import type { ToolContext } from '../../flags/tool-context.ts';

export function tellTopicErrors(context: ToolContext): ((errors: string) => void) | undefined {
  if (context.manner === 'modern') return undefined;
  return (errors) =>
    context.err(`The metadata response from the cluster reported a recoverable issue : ${errors}`);
}
