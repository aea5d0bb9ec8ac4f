import { GET_OFFSETS } from '../tools/get-offsets/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(GET_OFFSETS);
