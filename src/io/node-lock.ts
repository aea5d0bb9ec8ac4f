// An exclusive lock on a file which the system drops when the process ends, however it ends.
// Node has no fcntl; its SQLite takes fcntl (LockFileEx) locks for an exclusive transaction, on bytes from 2^30 on.
// Java's FileChannel.tryLock covers the whole file, so the two exclude each other: an Apache Kafka that runs
// on a directory is seen here, and ours is seen by it. Nothing is ever written into the file (docs/decisions/0101).
// POSIX drops a process's locks when it closes any descriptor of the file: never open a lock file elsewhere.

import type { DatabaseSync } from 'node:sqlite';
import { DiskError, type DiskLock } from './io.ts';

/** What a program that has the library in its own process is told when it runs on an older Node. */
const NEEDS_SQLITE = `kafta needs Node 22.15 or newer with node:sqlite, and this is ${process.versions.node} (${process.execPath}).`;

type Sqlite = typeof import('node:sqlite');

let sqlite: Sqlite | undefined;

/** Loads node:sqlite without its ExperimentalWarning, which would land on the user's stderr. */
function loadSqlite(): Sqlite {
  if (sqlite !== undefined) return sqlite;
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    sqlite = process.getBuiltinModule('node:sqlite') as Sqlite | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
  if (sqlite === undefined) throw new Error(NEEDS_SQLITE);
  return sqlite;
}

/** SQLITE_BUSY: somebody else holds the lock. */
const SQLITE_BUSY = 5;
const SQLITE_CANTOPEN = 14;

/** undefined when another process, or another lock of this one, holds it. */
export function lockFile(path: string): DiskLock | undefined {
  const { DatabaseSync } = loadSqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return new SqliteLock(database);
  } catch (error) {
    database?.close();
    const code = (error as { errcode?: number }).errcode;
    if (code === SQLITE_BUSY) return undefined;
    throw new DiskError(code === SQLITE_CANTOPEN ? 'EACCES' : 'EIO', path, 'lock', error);
  }
}

class SqliteLock implements DiskLock {
  #database: DatabaseSync | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    held.add(this);
  }

  release(): void {
    this.#database?.close();
    this.#database = undefined;
    held.delete(this);
  }
}

/** Keeps locks from being collected, and with that let go, while nobody looks at them. */
const held = new Set<SqliteLock>();
