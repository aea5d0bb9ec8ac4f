// kafka-consumer-groups.sh --reset-offsets: a plan for every group without members, printed, exported and, with
// --execute or a yes, committed. In the modern manner it shows what changes, and asks at a terminal.

import { describeConsumerGroups } from '../../client/admin/describe-consumer-groups.ts';
import type { ConsumerGroupDescription, Outcome } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { usage } from '../../flags/usage.ts';
import { Errors } from '../../protocol/errors.ts';
import { stopFirst } from '../support/groups/busy-group.ts';
import { readPlan } from '../support/groups/csv-plan.ts';
import {
  committedOffsets,
  type GroupService,
  printError,
} from '../support/groups/group-service.ts';
import { namedPartitions, type PlannedOffset, planOffsets } from '../support/groups/offset-plan.ts';
import {
  commitOffsets,
  csvLines,
  type Plans,
  resetPlanLines,
  resetWithConsent,
} from '../support/groups/reset-report.ts';
import { hashOrder } from '../support/hash-order.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, runtimeError } from '../support/java-future.ts';
import { chosenGroups } from './group-service.ts';

export async function resetOffsets(service: GroupService): Promise<number> {
  const { client, options, timeoutMs, context } = service;
  const described = await describeConsumerGroups(client, await chosenGroups(service), {
    timeoutMs,
  });
  const plans = new Map<string, PlannedOffset[]>();
  for (const groupId of javaHashMapOrder([...described.keys()])) {
    if (!isInactive(described.get(groupId)!)) {
      refuseActive(service, described.get(groupId)!.value!);
      plans.set(groupId, []);
    } else {
      plans.set(groupId, await planGroup(service, groupId));
      const isNow = options.has('execute') && !options.has('dry-run');
      if (isNow && context.manner === 'exact')
        await commitOffsets(service, groupId, plans.get(groupId)!);
    }
  }
  if (context.manner === 'exact') {
    await context.out.present({ kafka: () => planLines(service, plans), data: () => [] });
    return 0;
  }
  return resetWithConsent(service, {
    plans,
    kafkaLines: () => planLines(service, plans),
    noun: 'offset',
    committed: (groupId) => committedOffsets(service, groupId),
    act: async () => {
      for (const [groupId, offsets] of plans) await commitOffsets(service, groupId, offsets);
    },
  });
}

/** A group that doesn't exist may be given offsets too. */
function isInactive({ value, error }: Outcome<ConsumerGroupDescription>): boolean {
  if (error === undefined) return value.state === 'Empty' || value.state === 'Dead';
  if (error.code === Errors.GROUP_ID_NOT_FOUND) return true;
  throw runtimeError(executionError(error));
}

function refuseActive({ context }: GroupService, group: ConsumerGroupDescription): void {
  const message = `Assignments can only be reset if the group '${group.groupId}' is inactive, but the current state is ${group.state}.`;
  if (context.manner === 'exact') {
    printError(context, message);
    return;
  }
  throw new ToolError(message + stopFirst(group.members));
}

/** --all-topics, --topic or, with --from-file, none. */
async function partitionsToReset(service: GroupService, groupId: string) {
  const { options } = service;
  if (options.has('all-topics')) {
    return hashOrder([...(await committedOffsets(service, groupId)).values()]);
  }
  if (options.has('topic')) return namedPartitions(service, options.values('topic'));
  if (options.has('from-file')) return [];
  throw usage('One of the reset scopes should be defined: --all-topics, --topic.');
}

async function planGroup(service: GroupService, groupId: string): Promise<PlannedOffset[]> {
  const { options, context } = service;
  const partitions = await partitionsToReset(service, groupId);
  const [file] = options.values('from-file');
  const filePlan =
    file === undefined ? undefined : readPlan(context, file, options.values('group'));
  if (filePlan !== undefined && !filePlan.has(groupId)) {
    printError(context, `No reset plan for group ${groupId} found`);
  }
  return planOffsets(service, groupId, partitions, filePlan);
}

function planLines(service: GroupService, plans: Plans): string[] {
  return service.options.has('export') ? [...csvLines(service, plans), ''] : resetPlanLines(plans);
}
