// Formatters by class name: those of Kafka 4.3.1, and for lenient callers the names they had before.

import { type Complain, DefaultFormatter } from './default-formatter.ts';
import { NOTHING, type RecordFormatter } from './record-formatter.ts';

const PACKAGE = 'org.apache.kafka.tools.consumer.';

type Kind = 'default' | 'nothing' | 'offsets' | 'groups' | 'transactions' | 'share' | 'share-state';

const CLASSES: Readonly<Record<string, Kind>> = {
  [`${PACKAGE}DefaultMessageFormatter`]: 'default',
  // It logs as well, at a level that Kafka's tools don't show.
  [`${PACKAGE}LoggingMessageFormatter`]: 'default',
  [`${PACKAGE}NoOpMessageFormatter`]: 'nothing',
  [`${PACKAGE}OffsetsMessageFormatter`]: 'offsets',
  [`${PACKAGE}GroupMetadataMessageFormatter`]: 'groups',
  [`${PACKAGE}TransactionLogMessageFormatter`]: 'transactions',
  [`${PACKAGE}ShareGroupMessageFormatter`]: 'share',
  [`${PACKAGE}group.share.ShareGroupStateMessageFormatter`]: 'share-state',
};

const FORMER_CLASSES: Readonly<Record<string, Kind>> = {
  'kafka.tools.DefaultMessageFormatter': 'default',
  'kafka.tools.LoggingMessageFormatter': 'default',
  'kafka.tools.NoOpMessageFormatter': 'nothing',
  'kafka.coordinator.group.GroupMetadataManager$OffsetsMessageFormatter': 'offsets',
  'kafka.coordinator.GroupMetadataManager$OffsetsMessageFormatter': 'offsets',
  'kafka.server.OffsetManager$OffsetsMessageFormatter': 'offsets',
  'kafka.coordinator.group.GroupMetadataManager$GroupMetadataMessageFormatter': 'groups',
  'kafka.coordinator.GroupMetadataManager$GroupMetadataMessageFormatter': 'groups',
  'kafka.coordinator.transaction.TransactionLog$TransactionLogMessageFormatter': 'transactions',
};

/** undefined for a class that isn't there. */
export async function findFormatter(
  className: string,
  isLenient: boolean,
  properties: ReadonlyMap<string, string>,
  complain: Complain,
): Promise<RecordFormatter | undefined> {
  const kind =
    kindOf(CLASSES, className) ?? (isLenient ? kindOf(FORMER_CLASSES, className) : undefined);
  if (kind === undefined) return undefined;
  if (kind === 'default') return new DefaultFormatter(properties, complain);
  if (kind === 'nothing') return NOTHING;
  const [{ CoordinatorFormatter }, records] = await Promise.all([
    import('./coordinator-formatter.ts'),
    import('../support/coordinator-records.ts'),
  ]);
  const all = {
    offsets: records.OFFSET_RECORDS,
    groups: records.GROUP_METADATA_RECORDS,
    transactions: records.TRANSACTION_RECORDS,
    share: records.SHARE_GROUP_RECORDS,
    'share-state': records.SHARE_STATE_RECORDS,
  };
  return new CoordinatorFormatter(all[kind]);
}

function kindOf(classes: Readonly<Record<string, Kind>>, name: string): Kind | undefined {
  return Object.hasOwn(classes, name) ? classes[name] : undefined;
}
