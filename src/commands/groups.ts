import { GROUPS } from '../tools/groups/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(GROUPS);
