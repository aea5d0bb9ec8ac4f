import { DELETE_RECORDS } from '../tools/delete-records/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(DELETE_RECORDS);
