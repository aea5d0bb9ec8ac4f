// Configs that name Java classes to be plugged in. There is no JVM to load them, so what isn't Kafka's own is a class that
// can't be found, in the words of Kafka for one (Utils.newInstance).

import { isJdkClass } from '../../common/java.ts';
import { ClientError, KafkaError } from '../errors.ts';
import type { ConfigValues } from './config-values.ts';

const KNOWN: ReadonlySet<string> = new Set(['org.apache.kafka.common.metrics.JmxReporter']);

/** Throws ClientError for a class (in configs of type LIST) that isn't there, or is no plugin. */
export function checkPlugins(values: ConfigValues): void {
  for (const name of ['metric.reporters', 'interceptor.classes']) {
    const wrong = values.list(name).find((className) => !KNOWN.has(className));
    if (wrong === undefined) continue;
    if (isJdkClass(wrong)) throw new ClientError('java.lang.ClassCastException', `class ${wrong}`);
    const cause = new ClientError('java.lang.ClassNotFoundException', wrong);
    throw new KafkaError(`Class ${wrong} cannot be found`, cause);
  }
}
