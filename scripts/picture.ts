// Draws docs/session.svg: runs a few command lines with the built kafta, in a home of its own, and sets what they print
// on a terminal as text. What is seen in the README is what was printed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** What is typed; a `#` line is only shown. */
const SESSION = [
  '# nothing is running: no Docker, no JVM, no ZooKeeper',
  'kafta topics --create --topic orders --partitions 1',
  'seq 1 1000000 | kafta console-producer --topic orders',
  'kafta get-offsets --topic orders',
  'kafta console-consumer --topic orders --from-beginning --max-messages 3',
  '# scripts written for Apache Kafka run unchanged',
  'export PATH="$(kafta launchers):$PATH"',
  'kafka-topics.sh --bootstrap-server localhost:9092 --list',
];

const LINE_HEIGHT = 20;
const COLUMNS = 84;

interface Line {
  readonly text: string;
  readonly kind: 'command' | 'comment' | 'output' | 'notice';
}

function play(home: string): Line[] {
  const lines: Line[] = [];
  const setup = `kafta() { "${process.execPath}" "${root}/bin/run.js" "$@"; }; export PATH="${root}/bin/launchers:$PATH"`;
  const env = { ...process.env, KAFTA_HOME: home, NO_COLOR: '1', KAFTA_BOOTSTRAP_SERVER: '' };
  for (const typed of SESSION) {
    if (typed.startsWith('#')) {
      lines.push({ text: typed, kind: 'comment' });
      continue;
    }
    lines.push({ text: typed, kind: 'command' });
    if (typed.startsWith('export')) continue;
    const ran = spawnSync('bash', ['-c', `${setup}\n${typed}`], { env, encoding: 'utf8' });
    const shown = (text: string, kind: Line['kind']) =>
      text
        .split('\n')
        .filter((each) => each !== '')
        .map((each) => ({ text: each, kind }));
    lines.push(...shown(ran.stderr, 'notice'), ...shown(ran.stdout, 'output'));
  }
  return lines;
}

const COLOURS = { command: '#e6edf3', comment: '#7d8590', output: '#a5d6ff', notice: '#d29922' };

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replaceAll('\t', '    ').slice(0, 200);
}

function draw(lines: readonly Line[]): string {
  const height = 48 + lines.length * LINE_HEIGHT + 16;
  const width = COLUMNS * 8.4 + 32;
  const rows = lines.map(({ text, kind }, index) => {
    const prompt = kind === 'command' ? '<tspan fill="#3fb950">$ </tspan>' : '';
    const y = 56 + index * LINE_HEIGHT;
    return `  <text x="16" y="${y}" fill="${COLOURS[kind]}">${prompt}${escaped(text)}</text>`;
  });
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (colour, index) => `  <circle cx="${20 + index * 18}" cy="20" r="6" fill="${colour}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    '  <title>A terminal session with kafta</title>',
    `  <rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...dots,
    '  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">',
    ...rows,
    '  </g>',
    '</svg>',
    '',
  ].join('\n');
}

const home = mkdtempSync(join(tmpdir(), 'kafta-picture-'));
try {
  writeFileSync(join(root, 'docs/session.svg'), draw(play(home)));
} finally {
  const env = { ...process.env, KAFTA_HOME: home };
  spawnSync(process.execPath, [join(root, 'bin/run.js'), 'broker', 'stop'], { env });
  rmSync(home, { recursive: true, force: true });
}
