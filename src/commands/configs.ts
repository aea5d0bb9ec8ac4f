import { CONFIGS } from '../tools/configs/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(CONFIGS);
