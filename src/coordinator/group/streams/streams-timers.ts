// Names of the timers of streams groups.

export const streamsTimers = {
  session: (groupId: string, memberId: string): string =>
    `streams-session\0${groupId}\0${memberId}`,
  rebalance: (groupId: string, memberId: string): string =>
    `streams-rebalance\0${groupId}\0${memberId}`,
  initialRebalance: (groupId: string): string => `streams-initial-rebalance\0${groupId}`,
};
