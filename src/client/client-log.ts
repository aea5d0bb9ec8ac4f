// What Kafka's clients log at WARN and ERROR. Nothing depends on it; who runs Kafka's scripts sees it on stderr.

export type LogLevel = 'WARN' | 'ERROR';

/** `logger` is the Java class whose logger would say it. */
export type ClientLog = (level: LogLevel, message: string, logger: string) => void;

export const NETWORK_LOGGER = 'org.apache.kafka.clients.NetworkClient';
export const METADATA_LOGGER = 'org.apache.kafka.clients.Metadata';

/** Kafka's LogContext: who says it, before what is said. */
export function prefixed(log: ClientLog | undefined, who: string): ClientLog {
  if (log === undefined) return () => {};
  return (level, message, logger) => log(level, `[${who}] ${message}`, logger);
}
