// Admin.describeLogDirs: the log directories of brokers and the replicas in them, each broker asked for itself.

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_LOG_DIRS } from '../../protocol/generated/apis/describe-log-dirs.ts';
import type { DescribeLogDirsResult } from '../../protocol/generated/apis/describe-log-dirs-response.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { LogDirDescription, OperationOptions, Outcome } from '../types.ts';
import { clientError, failed, itemError } from './outcomes.ts';

/** Never rejects; by broker id, in the order asked. */
export async function describeLogDirs(
  client: KafkaClient,
  brokers: readonly number[],
  options: OperationOptions = {},
): Promise<Map<number, Outcome<LogDirDescription[]>>> {
  const asking = brokers.map(async (broker): Promise<[number, Outcome<LogDirDescription[]>]> => {
    try {
      const call = client.startCall('describeLogDirs', options);
      const request = { topics: null };
      const response = await client.request(call, DESCRIBE_LOG_DIRS, request, { target: broker });
      if (response.results.length > 0) return [broker, { value: response.results.map(describe) }];
      // Brokers before version 3 say "not allowed" with an empty list.
      const code =
        response.errorCode === 0 ? Errors.CLUSTER_AUTHORIZATION_FAILED : response.errorCode;
      return [broker, failed(errorOf(code))];
    } catch (error) {
      return [broker, failed(clientError(error))];
    }
  });
  return new Map(await Promise.all(asking));
}

function describe(result: DescribeLogDirsResult): LogDirDescription {
  return {
    path: result.logDir,
    error: itemError(result.errorCode),
    totalBytes: result.totalBytes < 0 ? undefined : result.totalBytes,
    usableBytes: result.usableBytes < 0 ? undefined : result.usableBytes,
    replicas: result.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => {
        return {
          topic: name,
          partition: partitionIndex,
          sizeBytes: partitionSize,
          offsetLag,
          isFuture: isFutureKey,
        };
      }),
    ),
  };
}
