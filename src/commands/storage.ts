import { STORAGE } from '../tools/storage/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(STORAGE);
