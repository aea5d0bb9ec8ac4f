import { DUMP_LOG_SEGMENTS } from '../tools/dump-log-segments/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(DUMP_LOG_SEGMENTS);
