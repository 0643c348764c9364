import { connect } from 'node:net';

/** The status of the first answer, after which the caller breaks off. For what may become a tunnel, which has no end of its own. */
export function firstStatus(port: number, text: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1');
    socket.on('data', (piece) => {
      heard += piece;
      if (heard.includes('\r\n')) socket.destroy();
    });
    socket.on('error', () => {
      // It may be cut off.
    });
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(heard)?.[1];
      resolve(status === undefined ? undefined : Number(status));
    });
    socket.write(text, 'latin1');
  });
}
