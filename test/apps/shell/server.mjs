import { createServer } from 'node:http';

createServer((request, response) => {
  response.end(`${process.pid} ${request.url}\n`);
}).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
