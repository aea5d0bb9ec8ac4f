import { STREAMS_RESET } from '../tools/streams-application-reset/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(STREAMS_RESET);
