// Everything that goes along in a take-over. Add yours.

import type { Holding } from '../holding.ts';
import { acls } from './acls.ts';
import { compacted } from './compacted.ts';
import { fencing } from './fencing.ts';
import { groups } from './groups.ts';
import { logins } from './logins.ts';
import { members } from './members.ts';
import { records } from './records.ts';
import { settings } from './settings.ts';
import { shareState } from './share-state.ts';
import { tools } from './tools.ts';
import { topics } from './topics.ts';
import { transactions } from './transactions.ts';

export const holdings: readonly Holding[] = [
  topics,
  records,
  compacted,
  settings,
  groups,
  members,
  logins,
  transactions,
  fencing,
  acls,
  shareState,
  tools,
];
