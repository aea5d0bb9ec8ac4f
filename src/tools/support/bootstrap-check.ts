// The shape of --bootstrap-server that console-producer and get-offsets insist on (ToolsUtils.validateBootstrapServer).

import { usage } from '../../flags/usage.ts';

/** Utils.HOST_PORT_PATTERN. */
const HOST_PORT = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/;

/** Throws CommandLineError; both texts end with an empty line. */
export function checkBootstrapServer(text: string | undefined): void {
  if (text === undefined || text.trim() === '') {
    throw usage('Error while validating the bootstrap address\n');
  }
  const servers = text.includes(',') ? text.split(',') : [text];
  while (servers.length > 1 && servers[servers.length - 1] === '') servers.pop();
  if (servers.length === 0 || !servers.every((server) => HOST_PORT.test(server))) {
    throw usage('Please provide valid host:port like host1:9091,host2:9092\n');
  }
}
