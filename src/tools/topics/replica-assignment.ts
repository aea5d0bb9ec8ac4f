// The argument of --replica-assignment: broker ids per partition, `1:2,2:3` (TopicCommand.parseReplicaAssignment).

import { javaSplit, parseJavaInteger } from '../../common/java.ts';
import { ToolError } from '../support/java-error.ts';

/** One list of broker ids per partition; [] for an empty argument. */
export function parseReplicaAssignment(text: string): number[][] {
  const assignments: number[][] = [];
  if (text === '') return assignments;
  for (const [partition, list] of javaSplit(text, ',').entries()) {
    const brokers = javaSplit(list, ':').map((id) => parseInt32(id.trim()));
    const duplicates = new Set(brokers.filter((id, index) => brokers.indexOf(id) !== index));
    if (duplicates.size > 0) {
      throw new ToolError(
        `Partition replica lists may not contain duplicate entries: ${[...duplicates].join(',')}`,
        'org.apache.kafka.tools.AdminCommandFailedException',
      );
    }
    if (brokers.length !== (assignments[0] ?? brokers).length) {
      throw new ToolError(
        `Partition ${partition} has different replication factor: [${brokers.join(', ')}]`,
        'org.apache.kafka.tools.AdminOperationException',
      );
    }
    assignments.push(brokers);
  }
  return assignments;
}

function parseInt32(text: string): number {
  const value = parseJavaInteger(text, 32);
  if (value !== undefined) return Number(value);
  throw new ToolError(`For input string: "${text}"`, 'java.lang.NumberFormatException');
}
