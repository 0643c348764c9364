#!/bin/sh
# The shell becomes the server: signals and the exit code are the server's own.
exec node server.mjs
