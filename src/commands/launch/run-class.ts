// kafka-run-class.sh CLASS …: runs the kafta command of a Java class, under its present name or a former one.
// Which classes there are is known at build time (scripts/build/bundle.ts fills __CLASSES__ in).

import { createRequire } from 'node:module';

declare const __CLASSES__: Readonly<Record<string, string>>;

const [mode = 'exact', ...argv] = process.argv.slice(2);
const [className, ...rest] = argv;

if (className === undefined) {
  // kafka-run-class.sh without a class: its usage, and 1.
  process.stdout.write(
    'USAGE: kafka-run-class.sh [-daemon] [-name servicename] [-loggc] classname [opts]\n',
  );
  process.exit(1);
}
const program = __CLASSES__[className];
if (program === undefined) {
  process.stderr.write(
    `Error: Could not find or load main class ${className}\n` +
      `Caused by: java.lang.ClassNotFoundException: ${className}\n`,
  );
  process.exit(1);
}
process.argv = [process.argv[0]!, process.argv[1]!, program === 'daemon' ? 'run' : mode, ...rest];
createRequire(import.meta.url)(program === 'daemon' ? '../daemon.cjs' : `./${program}.cjs`);
