// The program of a cleaner's thread: runs one cleaning by its owner's commands, on the real disk. An error goes back as
// plain facts, since a class doesn't survive the way between threads.

import { nodeIo } from '../../io/node.ts';
import { giveThreadLowPriority, parentChannel } from '../../io/node-workers.ts';
import { LocalRun, type WorkerAnswer, type WorkerCommand } from './cleaning-run.ts';
import { plainError } from './plain-error.ts';

giveThreadLowPriority();
const channel = parentChannel();
let run: LocalRun | undefined;

channel.onMessage((message) => {
  const command = message as WorkerCommand;
  if (command.kind === 'begin') {
    run = new LocalRun(nodeIo(), command.options, command.pace);
    return;
  }
  if (command.kind === 'give-way') {
    run!.giveWay(command.isAsked);
    return;
  }
  const work =
    command.kind === 'map' ? run!.buildMap(command.request) : run!.cleanGroup(command.request);
  work.then(
    (result) => answer({ kind: 'done', result: result ?? undefined }),
    (error: unknown) => answer({ kind: 'failed', error: plainError(error) }),
  );
});

function answer(message: WorkerAnswer): void {
  channel.post(message);
}
