import { spawn } from 'node:child_process';
import { connect } from 'node:net';
export async function startAzurite(): Promise<{ connectionString: string; stop(): Promise<void> }> {
  const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
  const b = 22000 + Math.floor(Math.random() * 8000);
  const p = spawn(
    process.execPath,
    [
      '/tmp/blobaz/node_modules/azurite/dist/src/azurite.js',
      '--inMemoryPersistence',
      '--skipApiVersionCheck',
      '--silent',
      '--blobPort',
      `${b}`,
      '--queuePort',
      `${b + 1}`,
      '--tablePort',
      `${b + 2}`,
    ],
    { cwd: '/tmp/blobaz', stdio: 'ignore' },
  );
  const up = (port: number) =>
    new Promise((r) => {
      const s = connect(port, '127.0.0.1', () => {
        s.destroy();
        r(true);
      });
      s.on('error', () => r(false));
    });
  while (!(await up(b)) || !(await up(b + 1))) await new Promise((r) => setTimeout(r, 50));
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:${b}/devstoreaccount1;QueueEndpoint=http://127.0.0.1:${b + 1}/devstoreaccount1;`,
    stop: async () => void p.kill(),
  };
}
