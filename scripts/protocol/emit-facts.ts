// Emits what isn't a codec: the Api of each API key, the error table, the facts about APIs, features and metadata
// versions, and the list of all messages (for tests and tools that take any message).

import { HEADER } from './emit-module.ts';
import { quote } from './fields.ts';
import { fileName, lowerFirst } from './names.ts';
import type { Message } from './schema.ts';

export interface ApiFacts {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly supported: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly latestVersionUnstable?: boolean;
  readonly listeners: { readonly [kind in 'broker' | 'controller']?: { min: number; max: number } };
  readonly clusterAction: boolean;
  readonly forwardable: boolean;
}

export interface Facts {
  readonly apis: readonly ApiFacts[];
  readonly features: Record<string, unknown>;
  readonly metadataVersions: readonly { name: string; version: string; level: number }[];
  readonly metadataVersionLatestProduction: string;
}

export interface ErrorFacts {
  readonly code: number;
  readonly name: string;
  readonly message: string | null;
  readonly exception: string | null;
  readonly retriable: boolean;
  readonly refreshMetadata: boolean;
}

const API_VERSIONS_KEY = 18;

export function emitApi(api: ApiFacts, request: Message, response: Message): string {
  const q = request.schema.name;
  const s = response.schema.name;
  const lines = [
    HEADER,
    '',
    "import type { Api } from '../../message.ts';",
    `import { type ${q}, ${lowerFirst(q)} } from './${fileName(q)}.ts';`,
    `import { type ${s}, ${lowerFirst(s)} } from './${fileName(s)}.ts';`,
    '',
    `export const ${api.name}: Api<${q}, ${s}> = {`,
    `  key: ${api.id},`,
    `  name: '${api.name}',`,
    `  minVersion: ${api.min},`,
    `  maxVersion: ${api.max},`,
    `  request: ${lowerFirst(q)},`,
    `  response: ${lowerFirst(s)},`,
    ...headerVersion('requestHeaderVersion', request, 1),
    ...(api.id === API_VERSIONS_KEY
      ? [
          '  // A client must be able to read it before it knows what the broker speaks (KIP-511).',
          '  responseHeaderVersion: () => 0,',
        ]
      : headerVersion('responseHeaderVersion', response, 0)),
    '};',
  ];
  return `${lines.join('\n')}\n`;
}

function headerVersion(name: string, message: Message, base: number): string[] {
  const from = message.flexible?.low;
  if (from === undefined) return [`  ${name}: () => ${base},`];
  if (from <= message.valid.low) return [`  ${name}: () => ${base + 1},`];
  return [`  ${name}: (version) => (version >= ${from} ? ${base + 1} : ${base}),`];
}

export function emitErrors(errors: readonly ErrorFacts[]): string {
  const text = (value: string | null) => (value === null ? 'null' : quote(value));
  const lines = [
    HEADER,
    '',
    "import type { ErrorInfo } from '../errors.ts';",
    '',
    'export const Errors = {',
    ...errors.map((error) => `  ${error.name}: ${error.code},`),
    '} as const;',
    '',
    '/** In order of code, from -1. */',
    'export const ERROR_TABLE: readonly ErrorInfo[] = [',
    ...errors.map(
      (error) =>
        `  { code: ${error.code}, name: '${error.name}', message: ${text(error.message)}, exception: ${text(error.exception)}, retriable: ${error.retriable}, refreshMetadata: ${error.refreshMetadata} },`,
    ),
    '];',
  ];
  errors.forEach((error, index) => {
    if (error.code !== index - 1) throw new Error(`error codes have a gap at ${error.code}`);
  });
  return `${lines.join('\n')}\n`;
}

export function emitFacts(facts: Facts): string {
  const apis = facts.apis.filter((api) => api.supported);
  const range = (versions: { min: number; max: number } | undefined) =>
    versions === undefined ? 'undefined' : `{ min: ${versions.min}, max: ${versions.max} }`;
  const lines = [
    HEADER,
    '',
    "import type { ApiFacts, FeatureFacts, MetadataVersionFacts } from '../api-keys.ts';",
    '',
    '/** Every API that Kafka still serves, in order of key. */',
    'export const API_FACTS: readonly ApiFacts[] = [',
    ...apis.map(
      (api) =>
        `  { key: ${api.id}, name: '${api.name}', title: '${api.title}', min: ${api.min}, max: ${api.max}, latestVersionUnstable: ${api.latestVersionUnstable ?? false}, broker: ${range(api.listeners.broker)}, controller: ${range(api.listeners.controller)}, clusterAction: ${api.clusterAction}, forwardable: ${api.forwardable} },`,
    ),
    '];',
    '',
    'export const FEATURE_FACTS: readonly FeatureFacts[] = [',
    ...Object.entries(facts.features).map(
      ([name, feature]) => `  ${literal({ name, ...(feature as object) })},`,
    ),
    '];',
    '',
    'export const METADATA_VERSIONS: readonly MetadataVersionFacts[] = [',
    ...facts.metadataVersions.map((version) => `  ${literal(version)},`),
    '];',
    '',
    `export const LATEST_PRODUCTION_METADATA_VERSION = '${facts.metadataVersionLatestProduction}';`,
  ];
  return `${lines.join('\n')}\n`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value !== 'object') return String(value);
  const parts = Object.entries(value).map(
    ([key, item]) => `${/^[a-zA-Z_]\w*$/.test(key) ? key : quote(key)}: ${literal(item)}`,
  );
  return `{ ${parts.join(', ')} }`;
}

/** A table name → MessageSpec of `messages`; `folder` tells where each module is. */
export function emitTable(
  constant: string,
  comment: string,
  messages: readonly Message[],
  folder: (message: Message) => string,
): string {
  const lines = [HEADER, ''];
  lines.push("import type { MessageSpec } from '../message.ts';");
  for (const message of messages) {
    const { name } = message.schema;
    lines.push(`import { ${lowerFirst(name)} } from './${folder(message)}/${fileName(name)}.ts';`);
  }
  lines.push(
    '',
    `/** ${comment} */`,
    `export const ${constant}: readonly MessageSpec<unknown>[] = [`,
  );
  for (const message of messages) lines.push(`  ${lowerFirst(message.schema.name)},`);
  lines.push('];');
  return `${lines.join('\n')}\n`;
}
