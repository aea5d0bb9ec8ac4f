// What Kafka's clients log at WARN and ERROR. Nothing depends on it; who runs Kafka's scripts sees it on stderr.

export type LogLevel = 'WARN' | 'ERROR';

/** `logger` is the Java class whose logger would say it; `error` what it would show below the line. */
export type ClientLog = (level: LogLevel, message: string, logger: string, error?: unknown) => void;

export const NETWORK_LOGGER = 'org.apache.kafka.clients.NetworkClient';
export const METADATA_LOGGER = 'org.apache.kafka.clients.Metadata';

/** Kafka's LogContext: who says it, before what is said. */
export function prefixed(log: ClientLog | undefined, who: string): ClientLog {
  if (log === undefined) return () => {};
  return (level, message, logger, error) => log(level, `[${who}] ${message}`, logger, error);
}
