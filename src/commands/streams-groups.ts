import { STREAMS_GROUPS } from '../tools/streams-groups/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(STREAMS_GROUPS);
