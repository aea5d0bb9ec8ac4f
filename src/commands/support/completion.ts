// Completion scripts for shells, made of the commands and flags as they are: nothing of kafta runs while one completes.
// Pure: takes a model, returns text.

export interface CompletionCommand {
  /** 'topics' or 'broker start'. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletionFlag[];
}

export interface CompletionFlag {
  readonly name: string;
  readonly summary: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, commands: readonly CompletionCommand[]): string {
  if (shell === 'bash') return bash(commands);
  return shell === 'zsh' ? zsh(commands) : fish(commands);
}

/** The words that may come first, each with what it says. */
function firstWords(commands: readonly CompletionCommand[]): Map<string, string> {
  return new Map(
    commands.map(({ name, summary }) => {
      const [first = ''] = name.split(' ');
      return [first, name.includes(' ') ? `${first} …` : summary];
    }),
  );
}

/** The second words of a topic. */
function secondWords(commands: readonly CompletionCommand[], first: string): CompletionCommand[] {
  return commands.filter(({ name }) => name.startsWith(`${first} `));
}

function topics(commands: readonly CompletionCommand[]): string[] {
  const firsts = commands
    .filter(({ name }) => name.includes(' '))
    .map(({ name }) => name.split(' ')[0]!);
  return [...new Set(firsts)];
}

function choices(
  commands: readonly CompletionCommand[],
): [flag: string, words: readonly string[]][] {
  const found = new Map<string, readonly string[]>();
  for (const { flags } of commands) {
    for (const flag of flags) if (flag.choices.length > 0) found.set(flag.name, flag.choices);
  }
  return [...found];
}

function bash(commands: readonly CompletionCommand[]): string {
  const cases = commands.map(({ name, flags }) => {
    const words = flags.map((flag) => `--${flag.name}`).join(' ');
    return `    '${name}') words='${words}' ;;`;
  });
  const second = topics(commands).map((topic) => {
    const words = secondWords(commands, topic).map(({ name }) => name.split(' ')[1]);
    return `    ${topic}) words='${words.join(' ')}' ;;`;
  });
  const values = choices(commands).map(
    ([flag, words]) =>
      `    --${flag}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")); return ;;`,
  );
  return `# bash completion of kafta: source <(kafta completion bash)
_kafta() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words='' command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${[...firstWords(commands).keys()].join(' ')}' -- "$cur"))
    return
  fi
  case $prev in
${values.join('\n')}
  esac
  case $command in
${second.join('\n')}
  esac
  if [ -n "$words" ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
    command="$command \${COMP_WORDS[2]}"
    words=''
  fi
  case $command in
${cases.join('\n')}
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -f -- "$cur")) ;;
  esac
}
complete -F _kafta kafta
`;
}

/** Inside single quotes, and without what _arguments and _describe read as their own. */
function plain(text: string): string {
  return text
    .replaceAll("'", '’')
    .replace(/[[\]:]/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 80)
    .trim();
}

function zshFlags(flags: readonly CompletionFlag[]): string {
  return flags
    .map(({ name, summary, takesValue, choices: words }) => {
      const value =
        words.length > 0 ? `:value:(${words.join(' ')})` : takesValue ? ':value:_files' : '';
      return `'*--${name}[${plain(summary)}]${value}'`;
    })
    .join(' ');
}

function zsh(commands: readonly CompletionCommand[]): string {
  const described = (entries: Iterable<readonly [string, string]>) =>
    [...entries].map(([word, summary]) => `'${word}:${plain(summary)}'`).join(' ');
  const second = topics(commands).map((topic) => {
    const entries = secondWords(commands, topic).map(
      ({ name, summary }) => [name.split(' ')[1]!, summary] as const,
    );
    return `    ${topic}) if (( CURRENT == 3 )); then local -a second=(${described(entries)}); _describe command second; return; fi
      command="$command $words[3]" ;;`;
  });
  const cases = commands.map(
    ({ name, flags }) => `    '${name}') _arguments -S ${zshFlags(flags)} '*:file:_files' ;;`,
  );
  return `#compdef kafta
# zsh completion of kafta: source <(kafta completion zsh)
_kafta() {
  local command=$words[2]
  if (( CURRENT == 2 )); then
    local -a first=(${described(firstWords(commands))})
    _describe command first
    return
  fi
  case $command in
${second.join('\n')}
  esac
  case $command in
${cases.join('\n')}
  esac
}
compdef _kafta kafta
`;
}

function fish(commands: readonly CompletionCommand[]): string {
  const lines = [
    '# fish completion of kafta: kafta completion fish | source',
    'complete -c kafta -f',
  ];
  for (const [word, summary] of firstWords(commands)) {
    lines.push(`complete -c kafta -n __fish_use_subcommand -a '${word}' -d '${plain(summary)}'`);
  }
  for (const topic of topics(commands)) {
    const seconds = secondWords(commands, topic);
    const words = seconds.map(({ name }) => name.split(' ')[1]!);
    for (const { name, summary } of seconds) {
      const condition = `__fish_seen_subcommand_from ${topic}; and not __fish_seen_subcommand_from ${words.join(' ')}`;
      lines.push(
        `complete -c kafta -n '${condition}' -a '${name.split(' ')[1]}' -d '${plain(summary)}'`,
      );
    }
  }
  for (const { name, flags } of commands) {
    const condition = name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
    for (const flag of flags) {
      const value =
        flag.choices.length > 0
          ? ` -x -a '${flag.choices.join(' ')}'`
          : flag.takesValue
            ? ' -r -F'
            : '';
      lines.push(
        `complete -c kafta -n '${condition}' -l '${flag.name}'${value} -d '${plain(flag.summary)}'`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
