// All or nothing: what stdin holds as one transaction, when transactional.id is set. `kafta` alone does this; Kafka's script
// takes the property and fails on the first record.

import { ClientError } from '../../client/errors.ts';
import type { Producer } from '../../client/producer/producer.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import type { SendLoop } from './send-loop.ts';

/**
 * True when everything is committed. Else nothing is, and stderr says so: after a signal, a record that was refused or lost, or
 * an input that can't be read. Rejects when the transaction couldn't be begun.
 */
export async function sendAllOrNothing(
  producer: Producer,
  loop: SendLoop,
  context: ToolContext,
): Promise<boolean> {
  await producer.initTransactions();
  producer.beginTransaction();
  const reason = await whatWentWrong(producer, loop, context);
  if (reason === undefined) return true;
  const { taken } = loop.counts;
  const records = taken === 1 ? '1 record' : `${taken} records`;
  context.err(`Aborted the transaction, nothing of ${records} is committed: ${reason}`);
  await abort(producer, context);
  return false;
}

async function whatWentWrong(
  producer: Producer,
  loop: SendLoop,
  context: ToolContext,
): Promise<string | undefined> {
  const { counts } = loop;
  try {
    await loop.run(producer);
    if (context.signal.aborted) return 'interrupted.';
    if (counts.refused + counts.lost > 0) return 'not every record could be sent.';
    await producer.commitTransaction();
    return undefined;
  } catch (error) {
    return told(rootOf(error));
  }
}

/** That a transaction can't go on says nothing of why. */
function rootOf(error: unknown): unknown {
  const isConsequence = error instanceof ClientError && error.cause instanceof ClientError;
  return isConsequence ? rootOf(error.cause) : error;
}

const TOO_LATE: ReadonlySet<string> = new Set([
  'ProducerFencedException',
  'InvalidProducerEpochException',
]);

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!TOO_LATE.has(error.name)) return error.message;
  return (
    'it took longer than transaction.timeout.ms (--command-property transaction.timeout.ms=…), or another producer ' +
    'took over the transactional.id.'
  );
}

/** The coordinator has ended it already, or will after transaction.timeout.ms, when it can't be told. */
async function abort(producer: Producer, context: ToolContext): Promise<void> {
  if (!producer.isTransactionAbortable) return;
  try {
    await producer.abortTransaction();
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (producer.isTransactionAbortable) {
      context.err(`The abort could not be confirmed: ${error.message}`);
    }
  }
}
