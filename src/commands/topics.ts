import { TOPICS } from '../tools/topics/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(TOPICS);
