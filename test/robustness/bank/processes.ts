// The bank's workers as eight processes, of which one is killed (-9) now and then and another takes its place.

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Staff } from '../../support/bank.ts';
import { addTo, emptyLedger, WORKERS, type WorkLedger } from '../../support/bank-worker.ts';

const program = join(import.meta.dirname, 'worker.ts');

interface Post {
  child: ChildProcess;
  /** As the one who holds the post told last. */
  ledger: WorkLedger;
  gone: Promise<void>;
}

export class WorkerProcesses implements Staff {
  killed = 0;
  readonly #bootstrap: string;
  readonly #chance: () => number;
  readonly #posts: Post[] = [];
  /** Of those who were killed. */
  readonly #left = emptyLedger();

  constructor(bootstrap: string, chance: () => number) {
    this.#bootstrap = bootstrap;
    this.#chance = chance;
  }

  start(): void {
    for (let index = 0; index < WORKERS; index++) this.#posts[index] = this.#hire(index);
  }

  #hire(index: number): Post {
    const seed = String(Math.floor(this.#chance() * 1e9));
    const child = fork(program, [String(index), this.#bootstrap, seed], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const gone = new Promise<void>((settle) => child.once('exit', () => settle()));
    const post: Post = { child, ledger: emptyLedger(), gone };
    child.on('message', (ledger: WorkLedger) => {
      post.ledger = ledger;
    });
    return post;
  }

  /** One of them, in the middle of whatever it does. */
  async killOne(): Promise<void> {
    const index = Math.floor(this.#chance() * WORKERS);
    const post = this.#posts[index]!;
    if (post.child.exitCode === null) this.killed++;
    post.child.kill('SIGKILL');
    await post.gone;
    // Its zombies may have committed without a word.
    addTo(this.#left, { ...post.ledger, zombiesCommitted: post.ledger.zombies });
    this.#posts[index] = this.#hire(index);
  }

  async stop(): Promise<WorkLedger> {
    for (const { child } of this.#posts) if (child.connected) child.send('stop');
    await Promise.all(this.#posts.map(({ gone }) => gone));
    const sum = emptyLedger();
    addTo(sum, this.#left);
    for (const { child, ledger } of this.#posts) {
      if (child.exitCode !== 0) throw new Error(`a worker ended with ${child.exitCode}`);
      addTo(sum, ledger);
    }
    return sum;
  }
}
