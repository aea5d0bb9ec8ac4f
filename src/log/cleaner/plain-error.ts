// The errors of a cleaning on their way from one thread to another: what they say is carried over, and the class is made
// again on the other side.

import { DiskError } from '../../io/io.ts';
import { DamagedFileError } from '../log-errors.ts';

export type PlainError =
  | {
      readonly kind: 'disk';
      readonly code: string;
      readonly path: string;
      readonly operation: string;
    }
  | {
      readonly kind: 'damaged';
      readonly path: string;
      readonly position: number;
      readonly problem: string;
    }
  | { readonly kind: 'other'; readonly message: string };

export function plainError(error: unknown): PlainError {
  if (error instanceof DiskError) {
    const operation = error.message.split(' ')[0] ?? 'access';
    return { kind: 'disk', code: error.code, path: error.path, operation };
  }
  if (error instanceof DamagedFileError) {
    const { path, position, problem } = error;
    return { kind: 'damaged', path, position, problem };
  }
  return { kind: 'other', message: error instanceof Error ? error.message : String(error) };
}

export function errorOf(plain: PlainError): Error {
  switch (plain.kind) {
    case 'disk':
      return new DiskError(plain.code, plain.path, plain.operation);
    case 'damaged':
      return new DamagedFileError(plain.path, plain.position, plain.problem);
    case 'other':
      return new Error(plain.message);
  }
}
