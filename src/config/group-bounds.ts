// The broker's bounds of group configs: each default lies between its min and max, and a session outlasts a heartbeat
// (GroupCoordinatorConfig, ShareGroupConfig). Only these checks; single values are checked by their rows.
import { ConfigError } from './config-def.ts';

/** Names behind `group.<kind>.`, each with a `.min.` and a `.max.` beside it. */
const BOUNDED: Readonly<Record<string, readonly string[]>> = {
  consumer: ['heartbeat.interval.ms', 'session.timeout.ms', 'assignment.interval.ms'],
  share: [
    'heartbeat.interval.ms',
    'session.timeout.ms',
    'assignment.interval.ms',
    'record.lock.duration.ms',
    'delivery.count.limit',
    'partition.max.record.locks',
  ],
  streams: ['heartbeat.interval.ms', 'session.timeout.ms', 'assignment.interval.ms'],
};

/** Throws ConfigError. */
export function checkGroupBounds(config: { number(name: string): number }): void {
  const atLeast = (name: string, bound: string): void => {
    if (config.number(name) >= config.number(bound)) return;
    throw new ConfigError(`${name} must be greater than or equal to ${bound}`);
  };
  const atMost = (name: string, bound: string): void => {
    if (config.number(name) <= config.number(bound)) return;
    throw new ConfigError(`${name} must be less than or equal to ${bound}`);
  };
  for (const [kind, tails] of Object.entries(BOUNDED)) {
    for (const tail of tails) {
      const name = `group.${kind}.${tail}`;
      const min = `group.${kind}.min.${tail}`;
      const max = `group.${kind}.max.${tail}`;
      atLeast(max, min);
      atLeast(name, min);
      atMost(name, max);
    }
    const heartbeat = `group.${kind}.heartbeat.interval.ms`;
    const session = `group.${kind}.session.timeout.ms`;
    if (config.number(heartbeat) >= config.number(session)) {
      throw new ConfigError(`${heartbeat} must be less than ${session}`);
    }
  }
  atMost('group.streams.num.standby.replicas', 'group.streams.max.standby.replicas');
}
