import { CONSUMER_GROUPS } from '../tools/consumer-groups/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(CONSUMER_GROUPS);
