import { TRANSACTIONS } from '../tools/transactions/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(TRANSACTIONS);
