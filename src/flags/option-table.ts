// The shape of a script's option table: every option with its argument and text, once, for the launcher's parser,
// for oclif's flags and help, and for completion. Facts only; checks between options belong to the tool.

/** The one way in for a script: facts that launchers, commands and kafka-run-class.sh share. */
export interface OptionTable {
  /** Kafka's script without '.sh': 'kafka-topics'. */
  readonly script: string;
  /** The kafta command: 'topics'. */
  readonly command: string;
  /** Other names of the kafta command. */
  readonly aliases?: readonly string[];
  /** The Java main class and its former names, for kafka-run-class.sh. */
  readonly classNames: readonly string[];
  /** Which library the script parses with, and so by which rules. */
  readonly parser: 'jopt' | 'argparse';
  /** The first line of Kafka's --help. */
  readonly description: string;
  /** One short line for `kafta --help`; no period at its end. */
  readonly summary: string;
  /** Whole command lines for `kafta <command> --help`, each beginning with 'kafta'. */
  readonly examples?: readonly string[];
  readonly options: readonly OptionSpec[];
  /** argparse4j's nargs('*') without a flag: the words that belong to no option. */
  readonly positional?: { readonly name: string; readonly description: string };
  /** argparse4j: the name in usage and errors, where it isn't the script's. */
  readonly program?: string;
  /** argparse4j's defaultHelp: defaults stand behind the texts of --help. */
  readonly showsDefaults?: boolean;
  /** argparse4j's groups of options of which one may be given, where they have a text or must be chosen from. */
  readonly exclusive?: readonly ExclusiveGroup[];
  /** argparse4j's groups of options with a text of their own in --help; see OptionSpec.group. */
  readonly groups?: readonly OptionGroup[];
  /** argparse4j's sub-commands; exactly one must be named. */
  readonly subcommands?: readonly Subcommand[];
  /** Their title in --help and what stands for them in the usage, where the script says it. */
  readonly subcommandsTitle?: { readonly title: string; readonly metavar: string };
  /** Sub-commands that `kafta` has beside those of Kafka's script, or under better names. */
  readonly ownSubcommands?: readonly Subcommand[];
  /** Options which Kafka has removed and which `kafta` and the legacy launchers still take. */
  readonly removed?: readonly RemovedOption[];
  /** Removed options that still do something: the tool itself handles them, for lenient callers alone. */
  readonly legacy?: readonly OptionSpec[];
  /** Options that `kafta` has beside those of Kafka's script. */
  readonly own?: readonly OptionSpec[];
}

export interface ExclusiveGroup {
  /** What its options have in `excludes`. */
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  /** One of them must be given. */
  readonly required?: boolean;
}

export interface OptionGroup {
  /** What its options have in `group`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

export interface Subcommand {
  readonly name: string;
  /** Kafka's line for it in --help. */
  readonly help: string;
  /** What its own --help begins with. */
  readonly description?: string;
  readonly options: readonly OptionSpec[];
}

export interface OptionSpec {
  /** Without dashes: 'bootstrap-server', or one letter. */
  readonly name: string;
  /** Other spellings of the same option, without dashes. */
  readonly aliases?: readonly string[];
  /** Kafka's own text for --help, with its line breaks. */
  readonly description: string;
  /** Absent: a switch. */
  readonly argument?: ArgumentSpec;
  /** The parser itself refuses a line without it (jopt's required(), argparse4j's required(true)). */
  readonly required?: boolean;
  /** jopt's availableIf: the parser refuses it unless one of these stands beside it. */
  readonly availableIf?: readonly string[];
  /** argparse4j: options of a table with the same word here exclude each other. */
  readonly excludes?: string;
  /** argparse4j: the group of --help in which it stands. */
  readonly group?: string;
  /** argparse4j: the short spelling is the one that usages show. */
  readonly shortFirst?: boolean;
  /** Leave it out of `kafta`'s help: Kafka's own noise. What is deprecated is left out anyway. */
  readonly hidden?: boolean;
}

export interface ArgumentSpec {
  /** Java's type of it: shown in help, and what `integer()`, `long()` convert by. Absent: untyped text. */
  readonly type?: 'String' | 'Short' | 'Integer' | 'Long' | 'Double';
  /** jopt's describedAs: 'server to connect to'. */
  readonly name?: string;
  /** `--state` as well as `--state Empty`. */
  readonly optional?: boolean;
  readonly defaults?: readonly string[];
  /** One argument holds many values with this between them (jopt's withValuesSeparatedBy). */
  readonly separator?: string;
  /** argparse4j's nargs('+'): one or more words up to the next option. */
  readonly many?: boolean;
  /** argparse4j's append: every one of a repeated option counts, not just the last. */
  readonly gathers?: boolean;
  /** The only values that are taken; for completion and modern checks. */
  readonly choices?: readonly string[];
  /** What completion may look up in the cluster or on the disk. */
  readonly completes?: 'topic' | 'group' | 'file' | 'topic-config' | 'broker';
}

export interface RemovedOption {
  /** As it was spelled, without dashes: 'zookeeper', 'consumer.config'. */
  readonly name: string;
  readonly takesArgument: boolean;
  /** Today's option that does the same, without dashes; absent: it is ignored. */
  readonly becomes?: string;
  /** Words after 'Warning: --name is no longer supported', e.g. 'topics live on the broker'. */
  readonly advice?: string;
}
