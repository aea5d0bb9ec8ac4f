// kafta's own version, for the log, the state file and `kafta --version`.

import packageJson from '../../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;
