import { SHARE_GROUPS } from '../tools/share-groups/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(SHARE_GROUPS);
