// A configuration that this broker can't serve. Nothing has been opened for clients when it is thrown.

/** The message says why, and names the config. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}
