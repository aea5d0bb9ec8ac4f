// The file quorum-state: who leads in which epoch and whom this node voted for, as Kafka's FileQuorumStateStore writes
// it: one line of JSON with data_version 0 (kraft.version 0) or 1 (kraft.version 1).
// It never decides an election: with one voter there is nothing to decide.
import { join } from 'node:path';
import { ZERO_UUID } from '../common/uuid.ts';
import type { Disk } from '../io/io.ts';
import { MetadataLogError } from './raft-errors.ts';

export const QUORUM_STATE_FILE = 'quorum-state';

export interface QuorumState {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  /** kraft.version 0 only; undefined writes the form of kraft.version 1. */
  readonly currentVoters: readonly number[] | undefined;
}

/** undefined when there is no file yet. Throws MetadataLogError when it doesn't parse. */
export function readQuorumState(disk: Disk, directory: string): QuorumState | undefined {
  const path = join(directory, QUORUM_STATE_FILE);
  if (!disk.exists(path)) return undefined;
  try {
    const json: unknown = JSON.parse(disk.readFile(path).toString('utf8'));
    return quorumStateOf(json as Record<string, unknown>);
  } catch (error) {
    throw new MetadataLogError(
      `Error while reading the quorum status from the file ${path}`,
      path,
      error,
    );
  }
}

export function writeQuorumState(disk: Disk, directory: string, state: QuorumState): void {
  disk.writeFileAtomic(join(directory, QUORUM_STATE_FILE), formatQuorumState(state));
}

export function formatQuorumState(state: QuorumState): string {
  const { leaderId, leaderEpoch, currentVoters } = state;
  if (currentVoters === undefined) {
    return JSON.stringify({
      leaderId,
      leaderEpoch,
      votedId: -1,
      votedDirectoryId: ZERO_UUID,
      data_version: 1,
    });
  }
  return JSON.stringify({
    clusterId: '',
    leaderId,
    leaderEpoch,
    votedId: -1,
    appliedOffset: 0,
    currentVoters: currentVoters.map((voterId) => ({ voterId })),
    data_version: 0,
  });
}

function quorumStateOf(json: Record<string, unknown>): QuorumState {
  const number = (name: string): number => {
    const value = json[name];
    if (typeof value !== 'number') throw new Error(`no number ${name}`);
    return value;
  };
  const version = number('data_version');
  if (version !== 0 && version !== 1) throw new Error(`unknown data_version ${version}`);
  const voters = json.currentVoters as { voterId: number }[] | null | undefined;
  return {
    leaderId: number('leaderId'),
    leaderEpoch: number('leaderEpoch'),
    currentVoters: version === 0 ? (voters ?? []).map((voter) => voter.voterId) : undefined,
  };
}
