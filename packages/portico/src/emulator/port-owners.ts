import { portOwner } from '../platform/ports.ts';

const SHOWN_LENGTH = 60;

/** As people read it: "10000 (nginx: master process, process 12)". */
export async function ownerOf(port: number): Promise<string> {
  const owner = await portOwner(port);
  return owner === undefined ? String(port) : `${port} (${owner.command.slice(0, SHOWN_LENGTH)}, process ${owner.pid})`;
}
