import { CONSOLE_PRODUCER } from '../tools/console-producer/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(CONSOLE_PRODUCER);
