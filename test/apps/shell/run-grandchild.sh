#!/bin/sh
# The shell stays in front of the server, as "npm run start" does: a signal to it alone would leave the server behind.
node server.mjs
echo "server ended with $?"
