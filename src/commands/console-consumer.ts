import { CONSOLE_CONSUMER } from '../tools/console-consumer/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(CONSOLE_CONSUMER);
