// The groups of one shard by id, of every kind. Kafka: the groups map of GroupMetadataManager.

import { ApiError, Errors } from '../../protocol/errors.ts';
import { TrackedMap, type UndoLog } from '../runtime/undo-log.ts';
import { ClassicGroup } from './classic/classic-group.ts';
import type { Group } from './group.ts';

export class GroupRegistry {
  readonly #groups: TrackedMap<string, Group>;
  /** Made by a request of which nothing has come into the log yet. */
  readonly #unwritten = new Set<string>();

  constructor(undo: UndoLog) {
    this.#groups = new TrackedMap(undo);
  }

  get size(): number {
    return this.#groups.size;
  }

  find(groupId: string): Group | undefined {
    return this.#groups.get(groupId);
  }

  /** Throws GROUP_ID_NOT_FOUND. */
  get(groupId: string): Group {
    const group = this.#groups.get(groupId);
    if (group === undefined) throw groupNotFound(groupId);
    return group;
  }

  /** Throws GROUP_ID_NOT_FOUND, also for a group of another kind. */
  classic(groupId: string): ClassicGroup {
    const group = this.get(groupId);
    if (group instanceof ClassicGroup) return group;
    throw notFound(`Group ${groupId} is not a classic group.`);
  }

  /** The classic group, made when there is none. Throws GROUP_ID_NOT_FOUND for a group of another kind. */
  getOrCreateClassic(groupId: string): ClassicGroup {
    const group = this.#groups.get(groupId);
    if (group !== undefined) return this.classic(groupId);
    const created = new ClassicGroup(groupId);
    this.#groups.set(groupId, created);
    return created;
  }

  /**
   * As getOrCreateClassic, for a commit, which makes its group by its records. Where it has none (all was refused), nobody is
   * told of the group before the shard writes again: so Kafka's readers see the state as of the last record.
   */
  getOrCreateForCommit(groupId: string): ClassicGroup {
    if (!this.#groups.has(groupId)) this.#unwritten.add(groupId);
    return this.getOrCreateClassic(groupId);
  }

  /** Something of the shard comes into the log, and with it what was made before. */
  onRecord(): void {
    if (this.#unwritten.size > 0) this.#unwritten.clear();
  }

  /** Whether readers are told of the group. */
  isWritten(groupId: string): boolean {
    return !this.#unwritten.has(groupId);
  }

  put(group: Group): void {
    this.#groups.set(group.groupId, group);
  }

  delete(groupId: string): void {
    this.#groups.delete(groupId);
  }

  ids(): string[] {
    return [...this.#groups.keys()];
  }

  all(): IterableIterator<Group> {
    return this.#groups.values();
  }
}

export function groupNotFound(groupId: string): ApiError {
  return notFound(`Group ${groupId} not found.`);
}

function notFound(message: string): ApiError {
  return new ApiError(Errors.GROUP_ID_NOT_FOUND, message);
}
