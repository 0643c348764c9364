// The smallest server this Node can be: what Portico's memory is measured above.
import http from 'node:http';

http.createServer((_request, response) => response.end('Hello')).listen(Number(process.argv[2]), '127.0.0.1', 1024);
