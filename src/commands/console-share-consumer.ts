import { CONSOLE_SHARE_CONSUMER } from '../tools/console-share-consumer/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(CONSOLE_SHARE_CONSUMER);
