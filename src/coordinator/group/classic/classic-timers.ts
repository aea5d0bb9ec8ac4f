// Names of the timers of classic groups. The separator can't be mistaken for a part of an id that clients choose
// without meaning harm; were it one, a timer would be replaced and a session end late, nothing worse.

export const classicTimers = {
  join: (groupId: string): string => `join\0${groupId}`,
  sync: (groupId: string): string => `sync\0${groupId}`,
  heartbeat: (groupId: string, memberId: string): string => `heartbeat\0${groupId}\0${memberId}`,
};
