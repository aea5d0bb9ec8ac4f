import { FEATURES } from '../tools/features/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(FEATURES);
