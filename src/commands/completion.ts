import { Args } from '@oclif/core';
import {
  type CompletionCommand,
  completionScript,
  SHELLS,
  type Shell,
} from './support/completion.ts';
import { KaftaCommand } from './support/kafta-command.ts';

export default class Completion extends KaftaCommand {
  static override readonly summary = 'Print a completion script for a shell';
  static override readonly description =
    'bash: source <(kafta completion bash). zsh: source <(kafta completion zsh). fish: kafta completion fish | source.';
  static override readonly examples = [
    'kafta completion bash > ~/.local/share/bash-completion/completions/kafta',
  ];
  static override readonly args = {
    shell: Args.string({ description: 'Which.', options: [...SHELLS], required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const { out } = this.open({});
    out.text(completionScript(args.shell as Shell, this.#model()));
    await out.flush();
  }

  #model(): CompletionCommand[] {
    return this.config.commands
      .filter(({ hidden }) => hidden !== true)
      .map(({ id, summary = '', flags }) => ({
        name: id.replaceAll(':', ' '),
        summary,
        flags: Object.entries(flags)
          .filter(([, flag]) => flag.hidden !== true)
          .map(([name, flag]) => ({
            name,
            summary: flag.description ?? '',
            takesValue: flag.type === 'option',
            choices: flag.type === 'option' ? [...(flag.options ?? [])] : [],
          })),
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}
