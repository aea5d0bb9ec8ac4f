// kafka-consumer-groups.sh --delete-offsets: what one group has committed for some topics or partitions.

import { deleteAndReport, partitionsToForget } from '../support/groups/delete-offsets.ts';
import type { GroupService } from '../support/groups/group-service.ts';

export async function deleteConsumerGroupOffsets(service: GroupService): Promise<number> {
  const { options } = service;
  const group = options.value('group')!;
  return deleteAndReport(
    service,
    group,
    'Consumer',
    await partitionsToForget(service, options.values('topic')),
  );
}
