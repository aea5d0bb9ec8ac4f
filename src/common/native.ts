// Loads a native npm module at first use, so that a command that never needs it doesn't pay for it.
// A module that can't be loaded is reported with its name; there is no JavaScript stand-in.

import { createRequire } from 'node:module';

const requireFromHere = createRequire(import.meta.url);

export class NativeModuleError extends Error {
  constructor(name: string, cause: unknown) {
    super(
      `The native module ${name} can't be loaded on ${process.platform}-${process.arch}; ` +
        'reinstall the package on this machine (npm ci).',
      { cause },
    );
    this.name = 'NativeModuleError';
  }
}

export function loadNative<T>(name: string): T {
  try {
    return requireFromHere(name) as T;
  } catch (error) {
    throw new NativeModuleError(name, error);
  }
}
