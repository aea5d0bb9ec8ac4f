// Configs that name Java classes to be plugged in. There is no JVM to load them, so what isn't Kafka's own is a class that
// can't be found, in the words of Kafka for one (Utils.newInstance).

import { ClientError, KafkaError } from '../errors.ts';
import type { ConfigValues } from './config-values.ts';

const KNOWN: ReadonlySet<string> = new Set(['org.apache.kafka.common.metrics.JmxReporter']);

/** Throws KafkaError for a class of `names` (configs of type LIST) that isn't there. */
export function checkPlugins(values: ConfigValues): void {
  for (const name of ['metric.reporters', 'interceptor.classes']) {
    const missing = values.list(name).find((className) => !KNOWN.has(className));
    if (missing === undefined) continue;
    const cause = new ClientError('java.lang.ClassNotFoundException', missing);
    throw new KafkaError(`Class ${missing} cannot be found`, cause);
  }
}
