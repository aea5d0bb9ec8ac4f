// AdminClientConfig as kafta uses it.

import { adminConfigs } from '../../config/admin-configs.ts';
import { ConfigError } from '../errors.ts';
import { ConfigValues } from './config-values.ts';
import { type NetworkConfig, networkConfig } from './network-config.ts';

export interface AdminConfig {
  readonly network: NetworkConfig;
  /** default.api.timeout.ms: for a whole operation with its retries. */
  readonly apiTimeoutMs: number;
  readonly retries: number;
}

/** Throws ConfigError with Kafka's sentence. */
export function adminConfig(given: ReadonlyMap<string, string>, clientId: string): AdminConfig {
  const values = new ConfigValues(adminConfigs, given);
  const network = networkConfig(values, clientId);
  return { network, apiTimeoutMs: apiTimeout(values), retries: values.number('retries') };
}

/** KafkaAdminClient.configureDefaultApiTimeoutMs: never below request.timeout.ms. */
function apiTimeout(values: ConfigValues): number {
  const timeoutMs = values.number('default.api.timeout.ms');
  const requestTimeoutMs = values.number('request.timeout.ms');
  if (timeoutMs >= requestTimeoutMs) return timeoutMs;
  if (values.isGiven('default.api.timeout.ms')) {
    throw new ConfigError(
      'The specified value of default.api.timeout.ms must be no smaller than the value of request.timeout.ms.',
    );
  }
  return requestTimeoutMs;
}
