import { LOG_DIRS } from '../tools/log-dirs/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(LOG_DIRS);
