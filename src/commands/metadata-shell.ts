import { METADATA_SHELL } from '../tools/metadata-shell/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(METADATA_SHELL);
