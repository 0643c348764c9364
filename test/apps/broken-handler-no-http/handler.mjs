import { createServer } from 'node:net';

let callCount = 0;
const server = createServer((socket) => {
  callCount++;
  if (callCount <= 2) console.log(`call ${callCount}`);
  socket.on('error', () => {});
  socket.write('220 mail.example ready\r\n');
});
server.listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
