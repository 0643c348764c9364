const MOST_CHARACTERS = 32;

/** Queues are named after it as well. */
export const isHostId = (text: string): boolean => /^(?=.{1,32}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/** Names this app on this machine in storage paths. The formula is Azure's, so that both hosts find each other's state. */
export function hostId(machineName: string, root: string): string {
  let hash = 23;
  for (let i = 0; i < root.length; i += 1) hash = (Math.imul(hash, 31) + root.charCodeAt(i)) | 0;
  const name = machineName.replace(/[^a-z0-9]/gi, '');
  return `${name}-${Math.abs(hash)}`.toLowerCase().slice(0, MOST_CHARACTERS).replace(/-+$/, '');
}
